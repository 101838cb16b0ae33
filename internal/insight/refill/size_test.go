package refill

import (
	"math"
	"testing"
)

func TestTheNameOfAProductTellsHowMuchItHolds(t *testing.T) {
	for _, tc := range []struct {
		unit Unit
		name string
		want float64 // 0: what the jar says
	}{
		{Kilogram, "东北大米5kg", 5},
		{Kilogram, "东北大米 10KG", 10},
		{Kilogram, "五常大米20斤装", 10},
		{Kilogram, "泰国香米2.5公斤", 2.5},
		{Kilogram, "Basmati rice 500 g", 0.5},
		{Kilogram, "小米500g×4", 2},
		{Kilogram, "小米4*500g礼盒", 2},
		{Kilogram, "Flour 1,5 kg", 1.5},
		{Kilogram, "Rice 2 lb", 0.907184},
		{Kilogram, "散装大米", 0},
		{Kilogram, "大米5L桶", 0},        // a volume is no weight
		{Kilogram, "奥迪A4L脚垫", 0},      // nor is a model
		{Kilogram, "5 Grains mix", 0}, // nor a word
		{Kilogram, "0kg", 0},
		{Gram, "咖啡豆 250g 送 10g", 250},
		{Litre, "花生油5L", 5},
		{Litre, "酱油 500毫升", 0.5},
		{Litre, "橄榄油 750ml x 2", 1.5},
		{Litre, "洗衣液 3kg 3升", 3},
		{Millilitre, "生抽1.8L", 1800},
		{Pieces, "滤芯5kg", 0},
	} {
		want, told := tc.want, tc.want != 0
		if !told {
			want = 7
		}
		got, ok := Jar{Unit: tc.unit, PerPiece: 7}.Holds(tc.name)
		if math.Abs(got-want) > 1e-5 || ok != told {
			t.Errorf("%s in %q: got %v, %v, want %v, %v", tc.name, tc.unit, got, ok, want, told)
		}
	}
}

func FuzzHolds(f *testing.F) {
	f.Add("大米5kg×2", "kg")
	f.Add("5g5g5g", "l")
	f.Fuzz(func(t *testing.T, name, unit string) {
		if got, _ := (Jar{Unit: Unit(unit), PerPiece: 1}).Holds(name); !(got >= least && got <= most) {
			t.Errorf("%q holds %v", name, got)
		}
	})
}
