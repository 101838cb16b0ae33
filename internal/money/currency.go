package money

import "strings"

// Currency is an ISO 4217 code in capitals.
type Currency string

// ParseCurrency reads an ISO 4217 code in either case and refuses unknown ones.
func ParseCurrency(code string) (Currency, error) {
	c := Currency(strings.ToUpper(strings.TrimSpace(code)))
	if _, ok := c.digits(); !ok {
		return "", unknownCurrency(code)
	}
	return c, nil
}

// Digits is the number of decimals of the currency's minor unit: 2 for most,
// 0 for yen, 3 for dinars; 2 for a currency that is not known.
func (c Currency) Digits() int {
	d, _ := c.digits()
	return d
}

// digits looks the usual ones up without hashing: this runs once per imported line.
func (c Currency) digits() (n int, known bool) {
	switch c {
	case "CNY", "GBP", "USD", "EUR", "HKD", "TWD", "MOP", "SGD", "MYR":
		return 2, true
	case "JPY", "KRW", "VND":
		return 0, true
	}
	if n, ok := exponents[c]; ok {
		return n, true
	}
	return 2, false
}

// exponents of ISO 4217, without funds, metals and test codes.
var exponents = func() map[Currency]int {
	m := make(map[Currency]int, 170)
	for n, codes := range [...]string{
		0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
		2: "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF " +
			"CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF " +
			"IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR " +
			"MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD " +
			"SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG " +
			"YER ZAR ZMW ZWG",
		3: "BHD IQD JOD KWD LYD OMR TND",
	} {
		for code := range strings.FieldsSeq(codes) {
			m[Currency(code)] = n
		}
	}
	return m
}()

// signs a currency is written with besides its code, in capitals; a longer one
// before its own tail. A sign of another currency is refused.
var signs = map[Currency][]string{
	"CNY": {"CN¥", "RMB¥", "¥", "RMB", "人民币", "人民幣", "元"},
	"JPY": {"JP¥", "¥", "円", "圓"},
	"HKD": {"HK$", "$", "港币", "港幣", "元"},
	"TWD": {"NT$", "$", "新台币", "新臺幣", "新台幣", "元"},
	"MOP": {"MOP$", "$", "元"},
	"USD": {"US$", "$"},
	"SGD": {"S$", "$"},
	"AUD": {"A$", "AU$", "$"},
	"NZD": {"NZ$", "$"},
	"CAD": {"CA$", "C$", "$"},
	"GBP": {"£"},
	"EUR": {"€"},
	"KRW": {"₩"},
	"VND": {"₫"},
	"THB": {"฿"},
	"INR": {"₹"},
	"PHP": {"₱"},
	"MYR": {"RM"},
	"RUB": {"₽"},
	"TRY": {"₺"},
	"UAH": {"₴"},
}
