package phone

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// National is the digits one dials inside the number's own country, with the
// trunk 0 where there is one and without the extension: "13812345678",
// "02162345678". It is what search by part of a number is made from.
func (n Number) National() string {
	if n.isChineseMobile() {
		return string(n[len(china):])
	}
	p, ok := n.parsed()
	if !ok {
		return strings.TrimPrefix(string(n.main()), "+")
	}
	return phonenumbers.NormalizeDigitsOnly(phonenumbers.Format(p, phonenumbers.NATIONAL))
}

// Masked shows enough to tell a person's numbers apart and not enough to dial:
// "138****5678", "021****5678", abroad "+852 ****4567". The extension is left out.
func (n Number) Masked() string {
	if n == "" {
		return ""
	}
	d := n.National()
	var head, tail string
	if len(d) >= 8 {
		head, tail = d[:min(len(d)-8, 4)], d[len(d)-4:]
	} else {
		tail = d[max(len(d)-2, 0):]
	}
	return n.abroad() + head + "****" + tail
}

// Format is the number for people to read: "138 1234 5678", "021 6234 5678-801",
// abroad with the country code.
func (n Number) Format() string {
	if n.isChineseMobile() {
		return string(n[3:6] + " " + n[6:10] + " " + n[10:])
	}
	p, ok := n.parsed()
	if !ok {
		return string(n)
	}
	style, mark := phonenumbers.INTERNATIONAL, " x"
	if n.chinese() {
		style, mark = phonenumbers.NATIONAL, "-"
	}
	s := phonenumbers.Format(p, style)
	if ext := n.extension(); ext != "" {
		s += mark + ext
	}
	return s
}

// Tel is the number as a link that dials it.
func (n Number) Tel() string {
	if n == "" {
		return ""
	}
	return "tel:" + string(n)
}

func (n Number) chinese() bool { return strings.HasPrefix(string(n), china) }

func (n Number) isChineseMobile() bool {
	return len(n) == 14 && n.chinese() && n[3] == '1' && n[4] >= '3' && n[4] <= '9'
}

// main is the number without its extension.
func (n Number) main() Number {
	before, _, _ := strings.Cut(string(n), extMark)
	return Number(before)
}

func (n Number) extension() string {
	_, ext, _ := strings.Cut(string(n), extMark)
	return ext
}

// abroad is the country code and a blank, nothing for a Chinese number.
func (n Number) abroad() string {
	if n.chinese() {
		return ""
	}
	if p, ok := n.parsed(); ok {
		s := phonenumbers.Format(p, phonenumbers.INTERNATIONAL)
		if i := strings.IndexByte(s, ' '); i > 0 {
			return s[:i+1]
		}
	}
	return "+"
}

func (n Number) parsed() (*phonenumbers.PhoneNumber, bool) {
	p, err := phonenumbers.Parse(string(n.main()), "")
	return p, err == nil
}
