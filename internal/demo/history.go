package demo

import (
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/ricejar/ricejar/internal/care"
	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/db"
	"github.com/ricejar/ricejar/internal/money"
	"github.com/ricejar/ricejar/internal/org"
	"github.com/ricejar/ricejar/internal/purchase"
)

// nights is how many days the chain has worked with the program's lists: since
// then the tills' files come every night, and before, once a month.
const nights = 14

// history writes the past in its order: what the staff noted, what the tills
// sold, what was delivered, and in the last days what came of the lists.
func (f *filler) history(ctx context.Context, events []event) error {
	began := f.plan.today.AddDays(-nights)
	receipts := f.plan.receipts
	for _, cut := range f.cuts(began) {
		if err := f.stopped(); err != nil {
			return err
		}
		n := 0
		for n < len(events) && events[n].day <= cut {
			n++
		}
		if err := f.replay(ctx, events[:n]); err != nil {
			return fmt.Errorf("what was noted until %s: %w", cut, err)
		}
		events = events[n:]
		for n = 0; n < len(receipts) && receipts[n].day <= cut; n++ {
		}
		f.at(cut, 22*60+30)
		if err := f.tills(ctx, receipts[:n], cut, cut < began); err != nil {
			return fmt.Errorf("receipts until %s: %w", cut, err)
		}
		receipts = receipts[n:]
		if err := f.deliveries(ctx, cut); err != nil {
			return fmt.Errorf("deliveries until %s: %w", cut, err)
		}
		if cut < began {
			continue
		}
		f.at(cut.AddDays(1), 3*60+10)
		if _, err := f.Care.Plan(ctx, cut.AddDays(1)); err != nil {
			return fmt.Errorf("the plan of %s: %w", cut.AddDays(1), err)
		}
		if cut.AddDays(1) < f.plan.today {
			if err := f.calls(ctx, cut.AddDays(1)); err != nil {
				return fmt.Errorf("the calls of %s: %w", cut.AddDays(1), err)
			}
		}
	}
	f.at(f.plan.today, 8*60)
	return nil
}

// cuts are the days in whose evening the tills' files come: the last of each
// month, then every day.
func (f *filler) cuts(began day.Day) []day.Day {
	var list []day.Day
	for d := f.plan.from; d < f.plan.today; d = d.AddDays(1) {
		_, _, dom := d.AddDays(1).Date()
		if dom == 1 || d >= began.AddDays(-1) {
			list = append(list, d)
		}
	}
	return list
}

// replay writes what the staff noted, a store's day at a time.
func (f *filler) replay(ctx context.Context, events []event) error {
	for len(events) > 0 {
		n := 1
		for n < len(events) && events[n].day == events[0].day && events[n].store == events[0].store {
			n++
		}
		batch := events[:n]
		f.at(batch[n-1].day, batch[n-1].minute)
		err := f.DB.Write(ctx, func(ctx context.Context, tx *db.Tx) error {
			for _, e := range batch {
				if err := f.write(ctx, tx, e); err != nil {
					return fmt.Errorf("%s %s: %w", e.day, f.plan.people[e.who].name, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		events = events[n:]
	}
	return nil
}

// header is what the chain's tills call their columns.
var header = []string{"门店编码", "小票号", "销售时间", "导购工号", "会员卡号", "手机号", "货号", "品名", "品类", "数量", "单价"}

// columns maps them as the import page does.
var columns = map[string]string{
	"store": "门店编码", "receipt": "小票号", "sold_at": "销售时间", "staff": "导购工号", "customer": "会员卡号", "phone": "手机号",
	"sku": "货号", "product": "品名", "category": "品类", "quantity": "数量", "unit_price": "单价",
}

// tills imports receipts from a file as the tills write it.
func (f *filler) tills(ctx context.Context, receipts []receipt, cut day.Day, month bool) error {
	if len(receipts) == 0 {
		return nil
	}
	name := "收银流水 " + cut.String() + ".csv"
	if month {
		name = "收银流水 " + cut.String()[:7] + ".csv"
	}
	path := filepath.Join(f.dir, name)
	if err := f.writeFile(path, receipts); err != nil {
		return err
	}
	defer os.Remove(path)
	report, err := f.Purchases.Import(ctx, f.as(f.importer()), purchase.File{Kind: purchase.Receipts, Path: path, Name: name},
		purchase.Options{Map: columns}, nil)
	if err != nil {
		return err
	}
	if c := report.Run.Counts; c.ReceiptsNew != len(receipts) || c.CustomersNew != 0 || c.ProblemRows != 0 {
		return fmt.Errorf("%s: %d receipts of %d, %d new customers, problems: %v", name, c.ReceiptsNew, len(receipts), c.CustomersNew, report.Problems)
	}
	for i := range receipts {
		if r := &receipts[i]; r.delivery != nil && r.customer != walkIn {
			f.onWay = append(f.onWay, brought{receipt: r})
		}
	}
	return nil
}

// importer is who looks after the tills' files: the marketer who signs in.
func (f *filler) importer() int {
	return slices.IndexFunc(staff, func(m member) bool { return m.role == org.Marketer && m.login != "" })
}

func (f *filler) writeFile(path string, receipts []receipt) (err error) {
	out, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(out)
	w.UseCRLF = true
	_ = w.Write(header) // Error tells of it at the end
	for _, r := range receipts {
		var card, phone string
		if r.customer != walkIn {
			c := f.plan.people[r.customer]
			if card = c.card; card == "" {
				phone = c.phones[0]
			}
		}
		at := r.day.String() + fmt.Sprintf(" %02d:%02d", r.minute/60, r.minute%60)
		for _, l := range r.lines {
			_ = w.Write([]string{
				stores[r.store].code, r.number, at, staff[r.staff].code, card, phone, l.product.sku, l.product.name, l.product.category,
				money.Quantity(l.quantity).String(), money.Decimal(l.price, "CNY"),
			})
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return out.Close()
}

// brought is a delivery that was promised.
type brought struct {
	receipt *receipt
	noted   purchase.Delivery // zero: nobody has noted it yet
}

// deliveries notes what was promised until a day, and what arrived.
func (f *filler) deliveries(ctx context.Context, cut day.Day) error {
	var still []brought
	for _, b := range f.onWay {
		v := b.receipt.delivery
		arrived := v.done != 0 && v.done <= cut
		if !arrived && b.noted.ID != 0 {
			still = append(still, b)
			continue
		}
		in := b.noted
		if in.ID == 0 {
			r, err := f.receiptOf(ctx, b.receipt)
			if err != nil {
				return err
			}
			in = purchase.Delivery{Customer: r.Customer, Receipt: r.ID, PromisedOn: v.promised.String(), What: v.what}
		}
		if arrived {
			in.DeliveredOn, in.Gift, in.GiftCost = v.done.String(), v.gift, money.Amount{Minor: v.giftCost, Currency: "CNY"}
		}
		var err error
		if b.noted, err = f.Purchases.Deliver(ctx, f.as(b.receipt.staff), in); err != nil {
			return err
		}
		if !arrived {
			still = append(still, b)
		}
	}
	f.onWay = still
	return nil
}

func (f *filler) receiptOf(ctx context.Context, r *receipt) (purchase.Receipt, error) {
	found, err := f.Purchases.FindByNumber(ctx, org.System, r.number, 1)
	if err != nil || len(found) == 0 {
		return purchase.Receipt{}, fmt.Errorf("receipt %s was not imported: %w", r.number, err)
	}
	return found[0], nil
}

// Shares of what comes of a call, in percent; what is left gets no call that day.
const (
	shareDone     = 36
	shareNoAnswer = 13
	shareWants    = 7
	shareCallBack = 5
	shareUnhappy  = 2
	shareNever    = 1
)

var (
	wishes = map[trade][]string{
		org.Furniture: {"想再看一张小尺寸的餐桌，周末过来", "问儿童床什么时候有货", "窗帘想加一层纱，要报价", "想要同款落地灯，灰色到了说一声"},
		org.Fashion:   {"羊绒衫有燕麦色到店告诉她", "想给妈妈买件外套，要照片", "问西裤能不能调码", "周六带朋友来，请留一件 M 码"},
		org.Workshop:  {"想约周五上午做保养", "问冬季轮胎什么价", "年检想让我们代办", "想换行车记录仪，要推荐"},
	}
	grievances = map[trade][]string{
		org.Furniture: {"餐椅有一把不稳，要人上门看", "送货时门框蹭掉一块漆"},
		org.Fashion:   {"毛衣洗了一次就起球", "上次店里排队太久，没人招呼"},
		org.Workshop:  {"保养后灯还亮着，又跑了一趟", "洗完车内饰还是湿的"},
	}
	chats = []string{"", "", "", "都好，谢谢惦记", "用得很好，说下次再来", "在忙，聊了两句", "说颜色很配，发了照片", "问候收到，很高兴"}
)

// calls has the staff work through a part of a day's list.
func (f *filler) calls(ctx context.Context, d day.Day) error {
	for s, st := range f.stores {
		page, err := f.Care.List(ctx, org.System, care.Filter{Store: st.ID, Day: d}, care.Cursor{}, 200)
		if err != nil {
			return err
		}
		for i, it := range page.Items {
			if err := f.call(ctx, d, s, 9*60+40+i*7%600, it); err != nil {
				return err
			}
		}
	}
	return nil
}

// away is how many days the associate who signs in was on leave until today:
// their list has waited for them.
const away = 6

// call records what came of one task.
func (f *filler) call(ctx context.Context, d day.Day, s, minute int, it care.Item) error {
	rng, t := f.plan.rng, stores[s].trade
	who := slices.IndexFunc(f.staff, func(p org.Staff) bool { return p.ID == it.Staff })
	if who < 0 {
		who = pickOne(rng, sellersOf(s))
	}
	if staff[who].role == org.Associate && staff[who].login != "" && d.AddDays(away) >= f.plan.today {
		return nil
	}
	in := care.NewOutcome{Customer: it.Task.Customer, Task: it.ID}
	f.at(d, minute)
	n := rng.IntN(100)
	is := func(share int) bool { n -= share; return n < 0 }
	switch {
	case is(shareDone):
		in.Kind, in.Text = care.Reached, pickOne(rng, chats)
	case is(shareNoAnswer):
		in.Kind = care.NoAnswer
	case is(shareWants):
		in.Kind, in.Text = care.Wants, pickOne(rng, wishes[t])
	case is(shareCallBack):
		in.Kind = care.CallBack
		in.CallAt = d.AddDays(1 + rng.IntN(4)).Start(f.loc).Add(f.now.Sub(d.Start(f.loc)))
	case is(shareUnhappy):
		in.Kind, in.Text = care.Unhappy, pickOne(rng, grievances[t])
	case is(shareNever):
		in.Kind = care.DoNotContact
	default:
		return nil
	}
	_, err := f.Care.Record(ctx, f.as(who), in)
	return err
}
