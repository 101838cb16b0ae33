package purchase

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/errs"
	"github.com/ricejar/ricejar/internal/text"
)

// The fields a column of a file of receipts can tell.
const (
	fieldReceipt     = "receipt"
	fieldSKU         = "sku"
	fieldProduct     = "product"
	fieldQuantity    = "quantity"
	fieldSoldAt      = "sold_at"
	fieldUnitPrice   = "unit_price"
	fieldAmount      = "amount"
	fieldCustomer    = "customer" // the member card's number
	fieldPhone       = "phone"
	fieldName        = "name"
	fieldStaff       = "staff"
	fieldStore       = "store"
	fieldCurrency    = "currency"
	fieldCategory    = "category"
	fieldDeliveredOn = "delivered_on"
)

// And those of a file of customers, besides name, phone, store and the code of
// any field of the customer's file.
const (
	fieldCard     = "card"
	fieldGender   = "gender"
	fieldBirthday = "birthday"
	fieldLunar    = "birthday_lunar" // a birthday of the lunar calendar
	fieldEmail    = "email"
	fieldOwner    = "owner"
	fieldNote     = "note"
)

// FieldsOf are the fields of a kind of file, in the order of a form. Files of
// customers also take the codes of the fields in the customer's file.
func FieldsOf(kind FileKind) []string {
	if kind == Customers {
		return []string{fieldName, fieldPhone, fieldCard, fieldGender, fieldBirthday, fieldLunar, fieldEmail, fieldStore, fieldOwner, fieldNote}
	}
	return []string{fieldReceipt, fieldSKU, fieldProduct, fieldQuantity, fieldSoldAt, fieldUnitPrice, fieldAmount, fieldCustomer, fieldPhone,
		fieldName, fieldStaff, fieldStore, fieldCurrency, fieldCategory, fieldDeliveredOn}
}

// synonyms are what tills call the fields, folded by foldHeader; the surest first.
var synonyms = map[FileKind]map[string][]string{
	Receipts: {
		fieldReceipt: {"invoiceno", "invoicenumber", "invoice", "receiptno", "receiptnumber", "receipt", "receiptid", "orderno", "ordernumber", "orderid", "order", "billno",
			"transactionid", "transactionno", "ticketno", "docno", "小票号", "小票号码", "小票编号", "小票單號", "小票", "单号", "單號", "销售单号", "銷售單號", "订单号", "訂單號", "訂單編號",
			"订单编号", "单据号", "单据编号", "單據編號", "流水号", "流水號", "交易号", "交易号码", "交易流水号", "收据号", "收據號", "收據號碼", "收據編號", "發票號碼", "发票号"},
		fieldSKU: {"stockcode", "sku", "skucode", "itemcode", "itemno", "productcode", "productid", "productno", "itemid", "barcode", "ean", "plu", "articleno", "商品编码", "商品編碼",
			"商品编号", "商品編號", "商品代码", "商品條碼", "商品条码", "货号", "貨號", "款号", "款號", "条码", "條碼", "编码", "品号", "品號", "产品编码", "产品编号"},
		fieldProduct: {"description", "product", "productname", "item", "itemname", "itemdescription", "title", "商品名称", "商品名稱", "商品", "品名", "产品名称", "產品名稱", "产品",
			"货品名称", "貨品名稱", "名称", "款式", "品項"},
		fieldQuantity: {"quantity", "qty", "pieces", "units", "count", "数量", "數量", "件数", "件數", "销售数量", "銷售數量"},
		fieldSoldAt: {"invoicedate", "date", "datetime", "soldat", "saledate", "salesdate", "orderdate", "transactiondate", "time", "timestamp", "createdat", "purchasedate",
			"销售日期", "銷售日期", "销售时间", "銷售時間", "日期", "时间", "時間", "交易日期", "交易时间", "交易時間", "下单时间", "下單時間", "订单日期", "訂單日期", "开单日期", "開單日期",
			"单据日期", "付款时间", "成交时间", "购买日期", "購買日期", "小票时间"},
		fieldUnitPrice: {"unitprice", "price", "sellingprice", "priceperunit", "单价", "單價", "售价", "售價", "销售单价", "成交价", "成交價", "实际单价"},
		fieldAmount: {"amount", "linetotal", "total", "totalamount", "netamount", "sales", "revenue", "subtotal", "lineamount", "paid", "金额", "金額", "实收金额", "實收金額", "实付金额",
			"销售金额", "銷售金額", "成交金额", "小计", "小計", "实收", "实付", "总金额", "總金額", "应收金额", "合计"},
		fieldCustomer: {"customerid", "customerno", "customernumber", "customer", "memberid", "memberno", "membercard", "cardno", "cardnumber", "loyaltyid", "会员卡号", "會員卡號",
			"会员号", "會員號", "会员编号", "會員編號", "卡号", "卡號", "会员卡", "會員卡", "会员id", "顾客编号", "客户编号", "客戶編號", "会员", "會員"},
		fieldPhone: {"phone", "mobile", "phonenumber", "telephone", "tel", "mobilephone", "cell", "customerphone", "手机号", "手機號", "手机", "手機", "手机号码", "手機號碼", "电话", "電話",
			"联系电话", "聯絡電話", "会员手机", "会员手机号", "顾客手机", "客户电话"},
		fieldName: {"customername", "membername", "name", "buyer", "client", "姓名", "会员姓名", "會員姓名", "顾客姓名", "顧客姓名", "客户姓名", "客戶姓名", "客户名称", "客户", "客戶", "顾客", "顧客",
			"会员名称", "收货人"},
		fieldStaff: {"staff", "salesperson", "salesman", "cashier", "associate", "employee", "employeeid", "clerk", "seller", "导购", "導購", "导购员", "店员", "店員", "营业员", "收银员", "收銀員",
			"销售员", "銷售員", "业务员", "業務員", "工号", "員工"},
		fieldStore:    {"store", "storeid", "storecode", "shop", "branch", "outlet", "location", "门店", "門店", "門市", "店铺", "店鋪", "门店编号", "門市編號", "門市代號", "门店编码", "门店代码", "店号", "店號", "分店", "店铺编号"},
		fieldCurrency: {"currency", "currencycode", "币种", "幣種", "货币", "貨幣", "幣別"},
		fieldCategory: {"category", "productcategory", "department", "class", "类别", "類別", "品类", "品類", "分类", "分類", "商品类别", "商品分类", "大类", "类目"},
		fieldDeliveredOn: {"deliveredon", "deliverydate", "delivered", "deliveredat", "shipdate", "送货日期", "送貨日期", "交货日期", "交貨日期", "送达日期", "送達日期", "安装日期", "签收日期", "簽收日期",
			"配送日期"},
	},
	Customers: {
		fieldName: {"name", "customername", "fullname", "membername", "customer", "client", "姓名", "会员姓名", "會員姓名", "顾客姓名", "顧客姓名", "客户姓名", "客戶姓名", "客户名称", "名称", "名字",
			"客户", "顾客", "会员"},
		fieldPhone: {"phone", "mobile", "phonenumber", "telephone", "tel", "mobilephone", "cell", "手机号", "手機號", "手机", "手機", "手机号码", "手機號碼", "电话", "電話", "联系电话", "聯絡電話",
			"电话号码", "联系方式"},
		fieldCard: {"card", "cardno", "cardnumber", "memberid", "memberno", "membercard", "customerid", "customerno", "loyaltyid", "会员卡号", "會員卡號", "会员号", "會員號", "会员编号", "會員編號",
			"卡号", "卡號", "会员卡", "會員卡", "客户编号", "顾客编号"},
		fieldGender:   {"gender", "sex", "性别", "性別"},
		fieldBirthday: {"birthday", "birthdate", "dateofbirth", "dob", "born", "生日", "出生日期", "出生年月", "出生年月日", "会员生日", "阳历生日", "公历生日", "陽曆生日", "國曆生日"},
		fieldLunar:    {"lunarbirthday", "农历生日", "農曆生日", "阴历生日", "陰曆生日"},
		fieldEmail:    {"email", "mail", "emailaddress", "邮箱", "郵箱", "电子邮件", "電子郵件", "电子邮箱"},
		fieldStore:    {"store", "storecode", "shop", "branch", "homestore", "门店", "門店", "門市", "店铺", "店鋪", "所属门店", "所屬門店", "开卡门店", "归属门店"},
		fieldOwner:    {"owner", "associate", "staff", "salesperson", "导购", "導購", "专属导购", "專屬導購", "负责人", "負責人", "所属导购", "跟进人"},
		fieldNote:     {"note", "notes", "remark", "remarks", "comment", "memo", "备注", "備註", "说明", "說明"},
	},
}

// foldHeader drops what people put between and around the words of a header.
func foldHeader(h string) string {
	if i := strings.IndexAny(h, "(（["); i > 0 {
		h = h[:i] // 金额(元)
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-./:：*#　\"'", r) {
			return -1
		}
		return r
	}, strings.ToLower(h))
}

// guessMap proposes a column for each field it can, by the header.
func guessMap(kind FileKind, header []string, more []string) map[string]string {
	guess := make(map[string]string)
	taken := make([]bool, len(header))
	folded := make([]string, len(header))
	for i, h := range header {
		folded[i] = foldHeader(h)
	}
	fields := FieldsOf(kind)
	// The surest names of all fields come before the second guesses of any.
	for rank := range 60 {
		for _, f := range fields {
			names := synonyms[kind][f]
			if rank >= len(names) || guess[f] != "" {
				continue
			}
			if i := slices.Index(folded, names[rank]); i >= 0 && !taken[i] {
				guess[f], taken[i] = columnName(header, i), true
			}
		}
	}
	for _, code := range more {
		if i := slices.Index(folded, foldHeader(code)); i >= 0 && !taken[i] && guess[code] == "" {
			guess[code], taken[i] = columnName(header, i), true
		}
	}
	return guess
}

// columnName is how a map names the column: by its header, or by its number
// where the header does not tell it from another.
func columnName(header []string, i int) string {
	if header[i] == "" || slices.Index(header, header[i]) != i {
		return "#" + strconv.Itoa(i+1)
	}
	return header[i]
}

// columns finds the mapped columns in the header. A column that is named and
// not there is an error: the file is not the one that was meant.
func columns(header []string, m map[string]string, allowed func(field string) bool) (map[string]int, error) {
	cols := make(map[string]int, len(m))
	for field, name := range m {
		if !allowed(field) {
			return nil, errs.New(errs.Invalid, "import.no_such_field", "field", field)
		}
		if name == "" {
			continue
		}
		i := slices.Index(header, name)
		if i < 0 {
			i = slices.IndexFunc(header, func(h string) bool { return strings.EqualFold(h, name) })
		}
		if n, err := strconv.Atoi(strings.TrimPrefix(name, "#")); i < 0 && strings.HasPrefix(name, "#") && err == nil && n >= 1 && n <= len(header) {
			i = n - 1
		}
		if i < 0 {
			if len(header) == 1 {
				return nil, errs.New(errs.Invalid, "import.one_column", "column", name, "header", quoteHeader(header[0]))
			}
			return nil, errs.New(errs.Invalid, "import.column_missing", "column", name, "columns", quoteHeader(strings.Join(header, ", ")))
		}
		cols[field] = i
	}
	return cols, nil
}

// need checks that one of the alternatives is mapped.
func need(cols map[string]int, header []string, alternatives ...string) error {
	for _, f := range alternatives {
		if _, ok := cols[f]; ok {
			return nil
		}
	}
	if len(header) == 1 {
		return errs.New(errs.Invalid, "import.one_column", "column", alternatives[0], "header", quoteHeader(header[0]))
	}
	return errs.New(errs.Invalid, "import.field_unmapped", "field", alternatives[0], "columns", quoteHeader(strings.Join(header, ", ")))
}

// quoteHeader is as much of the columns' names as an error tells.
func quoteHeader(columns string) string { return text.Clip(columns, 300) }

// shapeOf names files that look alike: of one kind, with the same header.
func shapeOf(kind FileKind, header []string) string {
	h := sha256.Sum256([]byte(string(kind) + "\x00" + strings.Join(header, "\x00")))
	return hex.EncodeToString(h[:16])
}

// ParseMap reads the command line's receipt=InvoiceNo,sku=StockCode,…
func ParseMap(written string) (map[string]string, error) {
	m := make(map[string]string)
	if strings.TrimSpace(written) == "" {
		return m, nil
	}
	for part := range strings.SplitSeq(written, ",") {
		field, column, ok := strings.Cut(part, "=")
		field, column = strings.TrimSpace(field), strings.TrimSpace(column)
		if !ok || field == "" || column == "" {
			return nil, errs.New(errs.Invalid, "import.map_wrong", "part", part)
		}
		m[field] = column
	}
	return m, nil
}
