package demo

import (
	"github.com/ricejar/ricejar/internal/org"
)

// trade is what a store sells; it decides how its customers come and go.
type trade = org.StoreKind

// store is a store of the chain before it has an id.
type store struct {
	code, name, city string
	trade            trade
	region           string
	phone, address   string
}

const (
	zhejiang = "浙江大区"
	jiangsu  = "江苏大区"
)

var stores = []store{
	{"HZJ1", "木禾家居 杭州城西店", "杭州", org.Furniture, zhejiang, "0571-88000101", "杭州市西湖区古墩路 588 号"},
	{"SZJ1", "木禾家居 苏州园区店", "苏州", org.Furniture, jiangsu, "0512-62000102", "苏州市工业园区现代大道 199 号"},
	{"HZF1", "禾裳服饰 杭州湖滨店", "杭州", org.Fashion, zhejiang, "0571-87000103", "杭州市上城区延安路 258 号"},
	{"NBF1", "禾裳服饰 宁波天一店", "宁波", org.Fashion, zhejiang, "0574-87000104", "宁波市海曙区中山东路 166 号"},
	{"SZF1", "禾裳服饰 苏州观前店", "苏州", org.Fashion, jiangsu, "0512-67000105", "苏州市姑苏区观前街 88 号"},
	{"HZA1", "丰禾汽车 杭州滨江服务中心", "杭州", org.Workshop, zhejiang, "0571-86000106", "杭州市滨江区江南大道 3588 号"},
}

// member is a person on the staff before they have an id.
type member struct {
	code, name string
	role       org.Role
	reach      org.Reach // empty: the role's own
	store      int       // index into stores, -1: the head office
	region     string
	login      string // empty: has no sign-in
}

const headOffice = -1

// sells reports whether receipts carry the member's name.
func (m member) sells() bool {
	return m.store >= 0 && (m.role == org.Associate || m.role == org.Agent)
}

// staff are all who work there. Those who sign in in a demo, one per role, have
// the role's name as their login, so that nobody has to look it up.
var staff = []member{
	{"1001", "沈佩文", org.Manager, "", 0, "", "manager"},
	{"1002", "陆晓岚", org.Associate, "", 0, "", "associate"},
	{"1003", "周子航", org.Associate, "", 0, "", ""},
	{"1004", "俞丽君", org.Associate, "", 0, "", ""},
	{"1101", "顾建明", org.Manager, "", 1, "", ""},
	{"1102", "钱思雨", org.Associate, "", 1, "", ""},
	{"1103", "朱雅琴", org.Associate, "", 1, "", ""},
	{"1104", "孙浩然", org.Associate, "", 1, "", ""},
	{"2001", "章慧敏", org.Manager, "", 2, "", ""},
	{"2002", "王雨婷", org.Associate, "", 2, "", ""},
	{"2003", "李佳怡", org.Associate, "", 2, "", ""},
	{"2004", "欧阳静", org.Associate, "", 2, "", ""},
	{"2005", "单晓燕", org.Associate, "", 2, "", ""},
	{"2101", "应海波", org.Manager, "", 3, "", ""},
	{"2102", "楼欣欣", org.Associate, "", 3, "", ""},
	{"2103", "裘梦洁", org.Associate, "", 3, "", ""},
	{"2104", "方倩", org.Associate, "", 3, "", ""},
	{"2201", "蒋文娟", org.Manager, "", 4, "", ""},
	{"2202", "吴诗涵", org.Associate, "", 4, "", ""},
	{"2203", "徐婉清", org.Associate, "", 4, "", ""},
	{"2204", "陈嘉琪", org.Associate, "", 4, "", ""},
	{"3001", "杨志刚", org.Manager, "", 5, "", ""},
	{"3002", "何俊", org.Agent, org.ReachStore, 5, "", "agent"},
	{"3003", "冯晓东", org.Agent, org.ReachStore, 5, "", ""},
	{"3004", "郑国强", org.Technician, "", 5, "", "technician"},
	{"3005", "宋阳", org.Technician, "", 5, "", ""},
	{"3006", "董伟", org.Technician, "", 5, "", ""},
	{"9001", "许明远", org.Executive, "", headOffice, "", "executive"},
	{"9002", "高慧", org.Executive, "", headOffice, "", ""},
	{"9003", "叶文静", org.Manager, org.ReachRegion, headOffice, zhejiang, ""},
	{"9004", "汪立新", org.Manager, org.ReachRegion, headOffice, jiangsu, ""},
	{"9005", "潘婷", org.Marketer, "", headOffice, "", "marketer"},
	{"9006", "魏子轩", org.Marketer, "", headOffice, "", ""},
	{"9007", "罗晶", org.Agent, "", headOffice, "", ""},
	{"9008", "秦磊", org.Administrator, "", headOffice, "", "administrator"},
}
