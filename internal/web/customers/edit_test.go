package customers_test

import (
	"testing"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/web/webtest"
)

// filled is a form of a page as a browser would send it.
func filled(doc *webtest.Answer, form string) map[string][]string {
	v := map[string][]string{}
	for _, n := range doc.All(form + " *") {
		name := webtest.Attr(n, "name")
		if name == "" && n.Data != "option" || n.Data == "button" || n.Data == "select" {
			continue
		}
		switch n.Data {
		case "option":
			checked := false
			for _, a := range n.Attr {
				checked = checked || a.Key == "selected"
			}
			if checked {
				v[webtest.Attr(n.Parent, "name")] = []string{webtest.Attr(n, "value")}
			}
			continue
		case "textarea":
			v[name] = append(v[name], webtest.Text(n))
			continue
		}
		switch webtest.Attr(n, "type") {
		case "checkbox", "radio":
			for _, a := range n.Attr {
				if a.Key == "checked" {
					v[name] = append(v[name], webtest.Attr(n, "value"))
				}
			}
		default:
			v[name] = append(v[name], webtest.Attr(n, "value"))
		}
	}
	return v
}

// with is the form with some values changed, as pairs.
func with(v map[string][]string, change ...string) []string {
	set := map[string]bool{}
	var pairs []string
	for i := 0; i+1 < len(change); i += 2 {
		set[change[i]] = true
		pairs = append(pairs, change[i], change[i+1])
	}
	for name, all := range v {
		for _, x := range all {
			if !set[name] {
				pairs = append(pairs, name, x)
			}
		}
	}
	return pairs
}

func TestEdit_saves_all_of_a_file(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		ctx := t.Context()
		for _, f := range []customer.Field{
			{Code: "shoe_size", Group: customer.Hard, Type: customer.Number, Min: "30", Max: "50", Unit: "码", Labels: map[string]string{"zh-Hans": "鞋码"}, Weight: 1, Position: 900, Active: true},
			{Code: "rooms", Group: customer.Soft, Type: customer.Choices, Choices: []string{"客厅", "卧室", "书房"}, Labels: map[string]string{"zh-Hans": "房间"}, Weight: 1, Position: 910, Active: true},
			{Code: "has_lift", Group: customer.Soft, Type: customer.YesNo, Labels: map[string]string{"zh-Hans": "有电梯"}, Weight: 1, Position: 920, Active: true},
			{Code: "moved_in", Group: customer.Hard, Type: customer.Date, Labels: map[string]string{"zh-Hans": "入住"}, Weight: 1, Position: 930, Active: true},
		} {
			if err := s.customers.SaveField(ctx, s.admin, f); err != nil {
				t.Fatal(err)
			}
		}
		c := s.customer(s.li, "王晓东", "13812345678")
		s.learn(c.ID, "address", "上海市静安区南京西路1266号")
		at := pathOf(c.ID, "/edit")
		form := filled(s.site.As(s.li).Get(at).Want(200), "#edit")
		s.site.As(s.li).Post(at, with(form, "name", "王晓冬", "gender", "male", "birth_month", "4", "birth_day", "17", "phone", "139 0000 2222",
			"fact.hobby", "钓鱼", "fact.shoe_size", "42", "fact.rooms", "客厅", "fact.rooms", "书房", "fact.has_lift", "yes", "fact.moved_in", "2020-5-1",
			"fact.contact_way", "phone", "vip", "1")...).WantRedirect(pathOf(c.ID, ""))
		f := s.file(c.ID)
		if f.Customer.Name != "王晓冬" || f.Customer.Gender != customer.Male || f.Customer.Birth.Day != 17 || !f.Customer.VIP || len(f.Contacts) != 2 {
			t.Errorf("got %+v with %+v", f.Customer, f.Contacts)
		}
		for code, want := range map[string]string{
			"hobby": "钓鱼", "shoe_size": "42", "rooms": `["客厅","书房"]`, "has_lift": "yes", "moved_in": "2020-05-01",
			"contact_way": "phone", "address": "上海市静安区南京西路1266号",
		} {
			if got, _ := f.Fact(code); got.Value != want {
				t.Errorf("%s is %q, want %q", code, got.Value, want)
			}
		}
		// What is taken out goes, what is left alone stays.
		form = filled(s.site.As(s.li).Get(at).Want(200), "#edit")
		if got := form["fact.rooms"]; len(got) != 2 {
			t.Errorf("the form begins with %v rooms, want 2", got)
		}
		form["keep"] = form["keep"][1:]
		s.site.As(s.li).Post(at, with(form, "fact.hobby", "")...).WantRedirect(pathOf(c.ID, ""))
		f = s.file(c.ID)
		if len(f.Contacts) != 1 || f.Contacts[0].Value != "+8613900002222" || f.Known("hobby") || !f.Known("shoe_size") {
			t.Errorf("got %+v, hobby %v, shoe size %v", f.Contacts, f.Known("hobby"), f.Known("shoe_size"))
		}
	})
}

func TestEdit_says_what_is_wrong_and_keeps_what_was_typed(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		s.customer(s.wu, "赵敏", "13900001111")
		at := pathOf(c.ID, "/edit")
		form := filled(s.site.As(s.li).Get(at).Want(200), "#edit")
		doc := s.site.As(s.li).Post(at, with(form, "fact.household_size", "many", "fact.hobby", "<b>钓鱼")...).Want(422)
		if doc.Text("[id='f-fact.household_size-error']") == "" || doc.Attr("input[name='fact.hobby']", "value") != "<b>钓鱼" {
			t.Errorf("got %s", doc.Text("#edit"))
		}
		doc.WantNone("main b")
		s.site.As(s.li).Post(at, with(form, "phone", "13900001111")...).Want(422).WantText("#f-phone-error", "不归您负责")
		s.site.As(s.li).Post(at, with(form, "owner", s.wu.ID().String())...).Want(403)
		s.site.As(s.wu).Get(at).Want(404)
		s.site.As(s.executive).Get(at).Want(403)
		if f := s.file(c.ID); f.Customer.Version != c.Version {
			t.Errorf("refused edits changed the file from version %d to %d", c.Version, f.Customer.Version)
		}
	})
}

func TestEdit_shows_what_somebody_else_changed_meanwhile(t *testing.T) {
	run(t, func(t *testing.T, s shop) {
		c := s.customer(s.li, "王晓东", "13812345678")
		at := pathOf(c.ID, "/edit")
		form := filled(s.site.As(s.li).Get(at).Want(200), "#edit")
		// The manager changes the name and the card, and learns a hobby.
		theirs := filled(s.site.As(s.manager).Get(at).Want(200), "#edit")
		s.site.As(s.manager).Post(at, with(theirs, "name", "王晓冬", "card", "V88", "fact.hobby", "登山")...).WantRedirect(pathOf(c.ID, ""))
		// Li changes the name too, to something else, and the gender.
		doc := s.site.As(s.li).Post(at, with(form, "name", "王小东", "gender", "female")...).Want(422)
		doc.WantText("#clash", "马店长").WantText("[data-clash=name]", "王小东").WantText("[data-clash=name]", "王晓冬").WantNone("[data-clash=gender]").WantNone("[data-clash=card]")
		doc.WantText("#clash", "爱好").WantText("#clash", "会员卡号")
		next := filled(doc, "#edit")
		if next["name"][0] != "王小东" || next["card"][0] != "V88" || next["fact.hobby"][0] != "登山" || next["gender"][0] != "female" {
			t.Fatalf("the form holds %v", next)
		}
		s.site.As(s.li).Post(at, with(next)...).WantRedirect(pathOf(c.ID, ""))
		f := s.file(c.ID)
		hobby, _ := f.Fact("hobby")
		if f.Customer.Name != "王小东" || f.Customer.Card != "V88" || f.Customer.Gender != customer.Female || hobby.Value != "登山" {
			t.Errorf("got %+v, hobby %+v; want both people's changes", f.Customer, hobby)
		}
	})
}
