package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// tillExport is what an older till writes: GBK, Chinese headers, one row wrong.
const tillExport = `小票号,时间,货号,品名,数量,单价,会员卡,收银员
X0001,2026-09-01 10:12:00,SOFA1,三人沙发,1,6880.00,VIP9001,01
X0001,2026-09-01 10:12:00,CUSH2,靠垫,4,89.00,VIP9001,01
X0002,2026-09-02 11:30:00,LAMP3,落地灯,1,630.00,,01
X0003,2026-09-03 15:05:00,LAMP3,落地灯,-1,630.00,,01
X0004,2026-09-31 09:00:00,CUSH2,靠垫,2,89.00,VIP9002,01
`

func TestATillsExportIsImportedAndTakenBackOnThePages(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(tillExport)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "销售明细.csv")
	if err := os.WriteFile(file, []byte(gbk), 0o600); err != nil {
		t.Fatal(err)
	}
	p := visit(t, onDesktop)
	p.signIn("administrator")

	// Choose the file.
	p.open("/imports/new")
	p.picture("import-new")
	p.press("label:has([name=kind][value=receipts])")
	p.attach("[name=file]", file)
	p.press("form[action='/imports'] button[type=submit]")

	// The columns are guessed, and what is understood is shown.
	p.see("#columns")
	p.seeText("三人沙发")
	p.choose("[name=store]", "+")
	p.fill("[name=new_store]", "SHX")
	p.fill("[name=currency]", "CNY")
	p.fill("[name=tz]", "Asia/Shanghai")
	p.picture("import-columns")
	p.press("#columns button[type=submit]:not([form])")

	// The dry run: the bad row with number and reason, the rest ready.
	p.see("form[action$='/start']")
	p.seeText("2026-09-31")
	p.seeText("第 6 行")
	p.picture("import-check")

	// The report, which survives a reload.
	p.press("form[action$='/start'] button[type=submit]")
	p.see("[command=show-modal][commandfor=undo]")
	p.open(strings.SplitN(p.where(), "?", 2)[0])
	p.see("[command=show-modal][commandfor=undo]")
	p.seeText("¥7,236") // 6,880 + 4 × 89: the lamp came back
	p.picture("import-report")

	// And all of it back.
	p.press("[command=show-modal][commandfor=undo]")
	p.press("form[action$='/undo'] button[type=submit]")
	p.seeText("已撤销：收回 3 张小票")
	p.picture("import-undone")
}

func TestAFileThatIsNoTableIsRefusedInASentence(t *testing.T) {
	file := filepath.Join(t.TempDir(), "photo.xlsx")
	if err := os.WriteFile(file, []byte("PK\x03\x04 cut off in the middle"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := visit(t, onPhone)
	p.signIn("administrator")
	p.open("/imports/new")
	p.press("label:has([name=kind][value=receipts])")
	p.attach("[name=file]", file)
	p.press("form[action='/imports'] button[type=submit]")
	p.see("[role=alert], [id$=-error]")
	if got := p.where(); got != "/imports" && got != "/imports/new" {
		t.Errorf("after the refusal the browser is at %s, want the form", got)
	}
	p.picture("import-refused")
}
