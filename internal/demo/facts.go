package demo

import (
	"math/rand/v2"
	"strconv"

	"github.com/ricejar/ricejar/internal/customer"
	"github.com/ricejar/ricejar/internal/demo/names"
	"github.com/ricejar/ricejar/internal/org"
)

// fields are those of the chain's trades, as its administrator defined them.
func fields() []customer.Field {
	say := func(hans, hant, en string) map[string]string {
		return map[string]string{"zh-Hans": hans, "zh-Hant": hant, "en": en}
	}
	return []customer.Field{
		{
			Code: "home_stage", Group: customer.Soft, Type: customer.Choice, Choices: []string{"毛坯", "装修中", "已入住"}, Weight: 1, Position: 82,
			Labels: say("房子进度", "房屋進度", "Stage of the home"), Questions: say("家里装修到哪一步了？", "家裡裝修到哪個階段了？", "How far along is your home?"),
		},
		{
			Code: "home_area", Group: customer.Hard, Type: customer.Number, Unit: "㎡", Min: "10", Max: "1000", Weight: 1, Position: 84,
			Labels: say("住房面积", "住家坪數（㎡）", "Home area"), Questions: say("家里大概多大面积？", "家裡大約多大？", "How large is your home?"),
		},
		{
			Code: "home_style", Group: customer.Soft, Type: customer.Choices, Choices: []string{"原木", "奶油", "新中式", "现代", "侘寂"}, Weight: 1, Position: 112,
			Labels: say("喜欢的风格", "喜歡的風格", "Style they like"), Questions: say("您喜欢哪种风格？", "您喜歡哪種風格？", "Which style do you like?"),
		},
		{
			Code: "clothing_size", Group: customer.Hard, Type: customer.Choice, Choices: []string{"XS", "S", "M", "L", "XL", "XXL"}, Weight: 1, Position: 92,
			Labels: say("衣服尺码", "衣服尺寸", "Clothing size"), Questions: say("平时上衣穿什么码？", "平常上衣穿什麼尺寸？", "What size do you wear?"),
		},
		{
			Code: "foot_length", Group: customer.Hard, Type: customer.Number, Unit: "mm", Min: "180", Max: "320", Weight: 1, Position: 94,
			Labels: say("脚长", "腳長", "Foot length"), Questions: say("脚长多少毫米？", "腳長幾公釐？", "How long is your foot, in millimetres?"),
		},
		{
			Code: "car_model", Group: customer.Hard, Type: customer.Text, Weight: 1, Position: 96,
			Labels: say("车型", "車型", "Car model"), Questions: say("您开的是什么车？", "您開什麼車？", "Which car do you drive?"),
		},
		{
			Code: "plate", Group: customer.Hard, Type: customer.Text, Pattern: `\p{Han}[A-Z][A-Z0-9]{5,6}`, Weight: 0, Position: 97, Sensitive: true,
			Labels: say("车牌", "車牌", "Licence plate"), Questions: say("车牌号是多少？", "車牌號碼是？", "What is the licence plate?"),
		},
		{
			Code: "yearly_km", Group: customer.Soft, Type: customer.Number, Unit: "km", Min: "0", Max: "200000", Weight: 1, Position: 98,
			Labels: say("一年开多少公里", "一年開多少公里", "Kilometres a year"), Questions: say("一年大概开多少公里？", "一年大約開多少公里？", "How far do you drive in a year?"),
		},
	}
}

var (
	furnishing = []string{
		"喜欢原木色，不要太亮的漆面", "奶油风，全屋都是浅色", "要显稳重，偏新中式", "灰白调，东西越少越好", "老房子，尺寸都要小一点", "喜欢矮一点的家具",
		"怕甲醛，先问环保等级", "布艺一定要能拆洗", "家里有猫，不要能抓的面料", "喜欢藤编和亚麻", "软装爱按季节换", "灯要暖光，讨厌顶灯",
	}
	dress = []string{
		"喜欢宽松显瘦的", "偏爱素色，不穿大花", "喜欢新中式盘扣", "只穿棉麻真丝", "领口不要太低", "怕冷，里子要厚", "上班要正式一点", "个子小，裤长都要改短",
		"羊毛过敏，不贴身穿", "喜欢一套配齐了买", "爱穿驼色和墨绿", "不露胳膊", "喜欢有口袋的裙子", "跟着小红书买同款",
	}
	menDress     = []string{"只要免烫的衬衫", "深蓝和灰，不穿亮色", "肩宽，正装要试", "太太说了算，多发图给太太", "喜欢弹力面料", "Polo 衫一次买三件"}
	personality  = []string{"爽快，看中就买", "慢热，多来几次才决定", "爱聊天，进门先聊半小时", "细心，会比好几家", "好面子，别当着人谈价", "怕麻烦，三句话讲完", "记性好，答应的事别忘", "说话轻声，别大声招呼"}
	habits       = []string{"周末下午带孩子来", "午休时过来逛", "不要袋子，自己带布袋", "每次和闺蜜一起来", "发票要开公司抬头", "先在微信上看图，再来店里试", "下雨天不出门", "喜欢喝温水，不要茶", "付现金，要零钱"}
	carHabits    = []string{"车后座有儿童座椅，洗完要装回去", "每次要看换下来的旧件", "等车时在休息区办公，要安静的位子", "先电话预约，准时到", "只认郑师傅", "过年回老家要先做检查", "停车卡放在副驾手套箱，别动"}
	displeasures = []string{
		"讨厌被推销", "上次送货晚了两天，不高兴", "不喜欢店员一直跟着", "短信发多了会拉黑", "上次裤脚改短了，重做过", "嫌店里音乐吵", "不喜欢被叫“姐”", "群发的祝福不看",
	}
	carDispleasures = []string{"上次等了三个小时才洗上车", "报价和结算差了八十块，解释过", "不喜欢一来就推镀晶", "上次忘了复位保养灯"}
	works           = []string{"做外贸的，年底最忙", "互联网公司，常加班到九点", "店里下午三点以后才有空", "医院倒班，别在上午打电话", "当老师的，寒暑假有空", "常出差，微信留言就好", "自己当老板，电话多，说重点", "在家办公，随时可以"}
	contactWays     = []string{"wechat", "wechat", "wechat", "phone", "phone", "sms"}
	contactTimes    = []string{"evening", "evening", "weekend", "noon", "afternoon", "morning"}
	serviceStyles   = []string{"left_alone", "advised", "advised", "accompanied", "quick"}
	promotions      = []string{"keen", "open", "open", "indifferent", "averse"}
)

// fact is something somebody noted about a customer.
type fact struct {
	field, value string
	refused      bool
	phone        bool // learnt on the telephone
}

// facts are n things known about the person, in the order they came up.
func (p *planner) facts(c person, t trade, n int) []fact {
	r, year := p.rng, p.today.Year()
	var all []fact
	add := func(field, value string) { all = append(all, fact{field: field, value: value, phone: r.IntN(6) == 0}) }
	add("family", p.family(c, year))
	add("contact_way", pickOne(r, contactWays))
	add("contact_time", pickOne(r, contactTimes))
	if !isRetired(c.life.job) {
		add("occupation", c.life.job)
	}
	if r.IntN(2) == 0 {
		add("work", pickOne(r, works))
	}
	add("hobby", c.life.hobby)
	add("personality", pickOne(r, personality))
	add("service_style", pickOne(r, serviceStyles))
	add("attitude_promotion", pickOne(r, promotions))
	add(peopleAtHome, strconv.Itoa(c.life.atHome()))
	switch t {
	case org.Furniture:
		add("taste_furnishing", pickOne(r, furnishing))
		add("home_area", strconv.Itoa(c.life.area))
		add("home_stage", c.life.stage)
		add("home_style", pickOne(r, []string{"原木", "奶油", "新中式", "现代,原木", "侘寂,原木", "现代"}))
		add("habit", p.habit(c))
	case org.Fashion:
		if c.gender == names.Female {
			add("taste_dress", pickOne(r, dress))
		} else {
			add("taste_dress", pickOne(r, menDress))
		}
		add("clothing_size", c.life.size)
		add("clothing_size", c.life.size)
		add("foot_length", strconv.Itoa(c.life.foot))
		add("habit", p.habit(c))
	case org.Workshop:
		add("car_model", c.life.car)
		add("car_model", c.life.car)
		add("plate", c.life.plate)
		add("yearly_km", strconv.Itoa(c.life.yearKM))
		add("habit", pickOne(r, carHabits))
	}
	if r.IntN(5) == 0 {
		if t == org.Workshop {
			add("displeased", pickOne(r, carDispleasures))
		} else {
			add("displeased", pickOne(r, displeasures))
		}
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	seen := map[string]bool{}
	var some []fact
	for _, f := range all {
		if len(some) == n {
			break
		}
		if !seen[f.field] {
			seen[f.field] = true
			f.refused = r.IntN(40) == 0 && f.field != "displeased"
			some = append(some, f)
		}
	}
	return some
}

// notes an associate would write after a visit; %s is what was bought.
var notes = map[trade][]string{
	org.Furniture: {
		"量过尺寸，客厅进深 3.6 米，沙发不能超过 2.4 米。", "送货师傅说门口台阶高，搬了两趟，客人给倒了茶。", "想再配一件%s，等搬进去再看。",
		"客人发来照片，%s和地板很搭，很满意。", "柜门有一点响，已约安装师傅上门调。", "装修刚过水电，不急，过两个月再联系。", "朋友也在装修，说下次带来看看。",
		"对比了别家，最后因为环保证书选了我们。", "%s想要深一点的颜色，新色到了告诉他们。", "电梯小，大件要走楼梯，送货前先打电话。",
		"老人腰不好，床垫要偏硬的，躺下试过才定。", "年底要接爸妈来住，次卧缺一张床，先留意。", "%s摆上了，说客厅一下子有了样子。", "物业规定周末不能装家具，送货约平日。",
		"儿子爬上爬下，问过桌角能不能包，送了防撞条。", "预算三万以内，先把卧室配齐，书房明年再说。", "喜欢店里的香味，问了是哪一款扩香。",
	},
	org.Fashion: {
		"试了%s，颜色衬肤色，下次新色到了先告知。", "女儿十月结婚，要一套当天穿的，先帮她留意。", "最近在减肥，别推大码。", "%s是给婆婆买的，婆婆喜欢红色。",
		"裤脚改短两厘米，周五来取。", "下个月同学聚会，想要一件不一样的。", "说%s洗后有点起球，教她反面手洗。", "要出差去哈尔滨，推荐了厚一点的。",
		"喜欢我们的包装，说送人有面子。", "带闺蜜来的，闺蜜也办了会员。", "试了三件，最后要了%s，说上班也能穿。", "换季来看看，没有合身的，L 码到了留一件。",
		"过年要走亲戚，想要喜气但不大红的。", "%s袖子长，改短一寸，下周三取。", "看中橱窗那身，等发了奖金再来。",
	},
	org.Workshop: {
		"右前轮有偏磨，建议四轮定位，客人说跑完长途再来。", "刹车片剩三毫米，已告知，下次保养更换。", "车险十二月到期，提前一个月提醒比价。",
		"过年开回老家，先约节前检查。", "%s做完试车正常，旧件给客人看过。", "发动机舱有异响，路试没复现，让他留意冷车时。", "轮胎出厂第五年，建议今年换。",
		"客人等了一个半小时，送了洗车券。", "空调有味道，这次换了滤芯，夏天前再看。",
	},
}

func (p *planner) habit(c person) string {
	for {
		if h := pickOne(p.rng, habits); p.suits(h, c) {
			return h
		}
	}
}

func isRetired(job string) bool {
	for _, r := range retired {
		if r == job {
			return true
		}
	}
	return false
}

func pickOne[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }
