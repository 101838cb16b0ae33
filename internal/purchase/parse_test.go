package purchase

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ricejar/ricejar/internal/customer"
)

func TestDatesAsTillsWriteThem(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"2010-12-01 08:26:00":       "2010-12-01T08:26:00+08:00",
		"2010-12-01T08:26:00.000Z":  "2010-12-01T16:26:00+08:00",
		"2010-12-01T08:26:00+02:00": "2010-12-01T14:26:00+08:00",
		"2010-12-01 08:26-0500":     "2010-12-01T21:26:00+08:00",
		"2010/12/1 8:26":            "2010-12-01T08:26:00+08:00",
		"2010.12.1":                 "2010-12-01T00:00:00+08:00",
		"20101201":                  "2010-12-01T00:00:00+08:00",
		"20101201082630":            "2010-12-01T08:26:30+08:00",
		"20101201 08:26":            "2010-12-01T08:26:00+08:00",
		"2010年12月1日":                "2010-12-01T00:00:00+08:00",
		"2010年12月1日 下午3:05":         "2010-12-01T15:05:00+08:00",
		"2010年12月1日 15时05分09秒":      "2010-12-01T15:05:09+08:00",
		"31/12/2010 11:05 PM":       "2010-12-31T23:05:00+08:00",
		"1.2.2011 12:00 am":         "2011-02-01T00:00:00+08:00",
		"2024-02-29":                "2024-02-29T00:00:00+08:00",
		"2023-02-29":                "", "2010-13-01": "", "2010-12-01 25:00": "", "2010-12-32": "", "12/2010": "", "abc": "", "": "", "2010-12-01x": "",
		"1/2/10": "", "0000-00-00": "", "2010-12-01 08": "", "2010-12-01 13:00 am": "", "40513.35": "",
	} {
		c := clock{zone: zone, order: DayFirst}
		at, day, ok := c.read([]byte(text))
		got := ""
		if ok {
			got = time.UnixMilli(at).In(zone).Format(time.RFC3339)
			if day != got[:10] {
				t.Errorf("%q falls on %s", text, day)
			}
		}
		if got != want {
			t.Errorf("%q reads as %q, want %q", text, got, want)
		}
	}
	if s, ok := parseStamp([]byte("12/1/2010 8:26"), MonthFirst); !ok || s.month != 12 || s.day != 1 {
		t.Errorf("month first: %+v %v", s, ok)
	}
	if o := orderOf([][]byte{[]byte("1/2/2010"), []byte("13/2/2010")}); o != DayFirst {
		t.Errorf("the order is %q", o)
	}
	if o := orderOf([][]byte{[]byte("1/2/2010"), []byte("1/30/2010")}); o != MonthFirst {
		t.Errorf("the order is %q", o)
	}
}

func TestDecimalReadsWhatIsPlainAndLeavesTheRest(t *testing.T) {
	for text, want := range map[string]int64{"6": 6000, "-1": -1000, "2.55": 2550, "0.001": 1, "1.2340": 1234, "0": 0, "12345678": 12345678000} {
		if v, ok := decimal([]byte(text), 3); !ok || v != want {
			t.Errorf("%q reads as %d %v, want %d", text, v, ok, want)
		}
	}
	for _, text := range []string{"", "-", ".5", "1.2345", "1,000", "1e3", "¥5", "1.2.3", "1234567890123", "--1"} {
		if v, ok := decimal([]byte(text), 3); ok {
			t.Errorf("%q reads as %d", text, v)
		}
	}
}

func FuzzStamp(f *testing.F) {
	f.Add("2010-12-01 08:26:00")
	f.Add("下午1/2/2010")
	f.Fuzz(func(t *testing.T, text string) {
		s, ok := parseStamp([]byte(text), DayFirst)
		if d := time.Date(s.year, time.Month(s.month), s.day, s.hour, s.minute, s.second, 0, time.UTC); ok && (d.Day() != s.day || d.Hour() != s.hour) {
			t.Errorf("%q reads as %+v", text, s)
		}
	})
}

func TestBirthdaysAsListsWriteThem(t *testing.T) {
	solar := func(y, m, d int) customer.Birth {
		return customer.Birth{Calendar: customer.Solar, Year: y, Month: m, Day: d}
	}
	lunar := func(y, m, d int, leap bool) customer.Birth {
		return customer.Birth{Calendar: customer.Lunar, Year: y, Month: m, Day: d, Leap: leap}
	}
	for text, want := range map[string]customer.Birth{
		"1985-04-17": solar(1985, 4, 17), "1985/4/17 0:00": solar(1985, 4, 17), "19850417": solar(1985, 4, 17), "4月17日": solar(0, 4, 17),
		"04-17": solar(0, 4, 17), "0417": solar(0, 4, 17), "农历八月十五": lunar(0, 8, 15, false), "農曆正月初一": lunar(0, 1, 1, false),
		"2020年闰四月廿三(农)": lunar(2020, 4, 23, true), "农历腊月二十九": lunar(0, 12, 29, false), "一九八五年四月十七日": solar(1985, 4, 17),
	} {
		got, err := parseBirth(text, false, "")
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
	for _, text := range []string{"abc", "13-01", "2月32日", "农历八月卅一", "1", "1985", "闰四月三日"} {
		if b, err := parseBirth(text, false, ""); err == nil {
			t.Errorf("%q reads as %+v", text, b)
		}
	}
}

func TestColumnsAreGuessedByTheirHeaders(t *testing.T) {
	for name, c := range map[string]struct {
		kind   FileKind
		header []string
		want   map[string]string
	}{
		"the real file": {Receipts, []string{"InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"},
			map[string]string{"receipt": "InvoiceNo", "sku": "StockCode", "product": "Description", "quantity": "Quantity", "sold_at": "InvoiceDate",
				"unit_price": "UnitPrice", "customer": "CustomerID"}},
		"a Chinese till": {Receipts, []string{"门店编号", "小票号", "销售日期", "商品编码", "商品名称", "数量", "单价(元)", "金额（元）", "会员卡号", "手机号", "导购"},
			map[string]string{"store": "门店编号", "receipt": "小票号", "sold_at": "销售日期", "sku": "商品编码", "product": "商品名称", "quantity": "数量",
				"unit_price": "单价(元)", "amount": "金额（元）", "customer": "会员卡号", "phone": "手机号", "staff": "导购"}},
		"traditional characters": {Receipts, []string{"單號", "日期", "品名", "數量", "單價", "電話"},
			map[string]string{"receipt": "單號", "sold_at": "日期", "product": "品名", "quantity": "數量", "unit_price": "單價", "phone": "電話"}},
		"a list of customers": {Customers, []string{"姓名", "手机号码", "性别", "生日", "备注", "household_size"},
			map[string]string{"name": "姓名", "phone": "手机号码", "gender": "性别", "birthday": "生日", "note": "备注", "household_size": "household_size"}},
		"a header twice": {Receipts, []string{"单号", "日期", "日期", "金额"}, map[string]string{"receipt": "单号", "sold_at": "日期", "amount": "金额"}},
	} {
		if diff := cmp.Diff(c.want, guessMap(c.kind, c.header, []string{"household_size"})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
