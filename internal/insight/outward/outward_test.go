package outward

import (
	"testing"

	"github.com/ricejar/ricejar/internal/money"
)

type part struct {
	Amount int64 `json:"amount"`
}

type report struct {
	part

	Name     string   `json:"name"`
	None     *int64   `json:"none"`
	Sales    []int64  `json:"sales"`
	Ticket   float64  `json:"ticket" money:"true"`
	Share    float64  `json:"share"`
	Visitors int64    `json:"visitors" count:"true"`
	Parts    []part   `json:"parts"`
	Empty    []string `json:"empty"`
	Left     string   `json:"left,omitempty"`
}

func TestMoneyIsWrittenAsDecimals(t *testing.T) {
	r := report{part: part{-5}, Name: `"rice"`, Sales: []int64{0, 12345}, Ticket: 1050.5, Share: 0.25, Visitors: 7, Parts: []part{{100}}}
	for currency, want := range map[string]string{
		"CNY": `{"amount":"-0.05","name":"\"rice\"","none":null,"sales":["0.00","123.45"],"ticket":"10.505","share":0.25,"visitors":7,"parts":[{"amount":"1.00"}],"empty":null}`,
		"JPY": `{"amount":"-5","name":"\"rice\"","none":null,"sales":["0","12345"],"ticket":"1050.5","share":0.25,"visitors":7,"parts":[{"amount":"100"}],"empty":null}`,
	} {
		got, err := JSON(&r, money.Currency(currency))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v\nwant %s", currency, got, err, want)
		}
	}
}
