package demo

import (
	"fmt"
	"strconv"

	"github.com/ricejar/ricejar/internal/demo/names"
)

// life is what there is to know about a person, whether or not anybody asked.
type life struct {
	kids   []kid
	couple bool
	pet    string
	job    string
	size   string // of clothes
	foot   int    // millimetres
	area   int    // square metres at home
	stage  string // of the home
	car    string
	plate  string
	yearKM int
	hobby  string
}

type kid struct {
	gender names.Gender
	born   int
}

func (l life) spouse() bool { return l.couple }

var (
	pets     = []string{"一只橘猫", "一只金毛", "一只泰迪", "两只英短", "一只柯基", "一缸孔雀鱼"}
	carsSold = []string{
		"大众朗逸", "大众帕萨特", "大众途观L", "别克君威", "别克GL8", "丰田凯美瑞", "丰田RAV4", "本田雅阁", "本田CR-V", "日产轩逸",
		"比亚迪汉", "比亚迪宋PLUS", "吉利星越L", "吉利帝豪", "特斯拉Model Y", "奥迪A4L", "宝马3系", "奔驰C级", "沃尔沃XC60", "荣威RX5",
	}
	hobbies = []string{
		"喝龙井，懂茶", "周末带孩子露营", "跑马拉松", "练瑜伽", "打羽毛球", "钓鱼", "养多肉", "跳广场舞", "拍胶片", "自己烘焙面包",
		"听评弹", "看越剧", "骑行", "拼乐高", "写毛笔字", "爬山", "手冲咖啡", "做旗袍", "养兰花", "打麻将", "看球，绿城球迷", "收集老唱片",
	}
	jobsYoung = []string{"大学生", "研究生", "幼儿园老师", "电商运营", "设计师", "护士", "实习律师", "新媒体编辑", "咖啡师"}
	jobs      = []string{
		"小学老师", "初中数学老师", "儿科医生", "护士长", "银行客户经理", "软件工程师", "电商运营", "公务员", "会计", "律师", "室内设计师",
		"摄影师", "外贸公司老板", "开面馆的", "民宿老板", "物业经理", "工厂质检", "房产经纪", "人事经理", "保险顾问", "建筑监理", "出版社编辑", "药店店长",
	}
	jobsMother = []string{"全职妈妈", "在家做代购", "自由撰稿人"}
	retired    = []string{"退休教师", "退休职工", "退休医生", "退休会计", "在家带孙子"}
)

// sizes by how usual they are.
var womenSizes, menSizes = []string{"S", "M", "M", "L", "L", "XL", "XS", "XXL"}, []string{"M", "L", "L", "XL", "XL", "XXL", "S"}

func (p *planner) makeLife(g names.Gender, born int) life {
	r, age := p.rng, p.today.Year()-born
	l := life{job: pickOne(r, jobs), yearKM: 3000 + 1000*r.IntN(28), area: 55 + 5*r.IntN(26)}
	switch {
	case age < 26:
		l.job = pickOne(r, jobsYoung)
	case age >= 60 || age >= 55 && g == names.Female:
		l.job = pickOne(r, retired)
	case g == names.Female && age < 42 && r.IntN(6) == 0:
		l.job = pickOne(r, jobsMother)
	}
	l.couple = age >= 27 && r.IntN(100) < 78 || age >= 45 && r.IntN(100) < 60
	if l.couple && r.IntN(100) < 82 {
		first := born + 25 + r.IntN(9)
		for n := 1 + r.IntN(2)*r.IntN(2); n > 0 && first <= p.today.Year(); n-- {
			l.kids = append(l.kids, kid{p.names.Gender(50), first})
			first += 2 + r.IntN(4)
		}
	}
	if r.IntN(100) < 22 {
		l.pet = pickOne(r, pets)
	}
	if g == names.Female {
		l.size, l.foot = pickOne(r, womenSizes), 225+5*r.IntN(6)
	} else {
		l.size, l.foot = pickOne(r, menSizes), 245+5*r.IntN(7)
	}
	l.stage = pickOne(r, []string{"毛坯", "装修中", "已入住", "已入住", "已入住"})
	l.car = pickOne(r, carsSold)
	l.plate = fmt.Sprintf("浙A%c%04d", "BCDEFGHJKLMNPQ"[r.IntN(14)], r.IntN(10000))
	if l.hobby = pickOne(r, hobbies); l.hobby == "做旗袍" && g == names.Male {
		l.hobby = "下象棋"
	}
	return l
}

// family is what an associate would write down about the person's home.
func (p *planner) family(c person, year int) string {
	l, r := c.life, p.rng
	spouse := "先生"
	if c.gender == names.Male {
		spouse = "太太"
	}
	if len(l.kids) == 0 {
		switch {
		case l.couple:
			return pickOne(r, []string{"和" + spouse + "两个人住，没有孩子", "刚结婚，房子是" + spouse + "挑的", "新婚，明年打算要孩子", "和" + spouse + "、公婆住一起"})
		case l.pet != "":
			return "一个人住，养了" + l.pet
		case year-c.born < 27:
			return pickOne(r, []string{"和室友合租", "住学校宿舍，周末才出来", "和爸妈一起住", "一个人在这边，老家在衢州"})
		}
		return pickOne(r, []string{"一个人住，喜欢清静", "和父母住得近，常回去吃饭", "单身，家里催得紧，别提"})
	}
	k := l.kids[0]
	child, grown := "儿子", "儿媳"
	if k.gender == names.Female {
		child, grown = "女儿", "女婿"
	}
	var s string
	switch age := year - k.born; {
	case age <= 0:
		s = pickOne(r, []string{"孩子刚满月，妈妈过来帮忙", "二月里生的宝宝，晚上睡不好"})
	case age <= 3:
		s = pickOne(r, []string{child + strconv.Itoa(age) + "岁，爬高爬低，家具要圆角", child + "还小，出门带推车", child + strconv.Itoa(age) + "岁，外婆白天带"})
	case age <= 6:
		s = pickOne(r, []string{child + "上幼儿园，四点半要去接", child + "明年上小学，在看学区", child + "学跳舞，周六上午都在陪课"})
	case age == 7:
		s = pickOne(r, []string{"孩子刚上小学，要一张学习桌", child + "刚上小学，作业陪到九点"})
	case age <= 12:
		s = pickOne(r, []string{child + "上小学" + []string{"二", "三", "四", "五", "六"}[min(age-8, 4)] + "年级", child + "学钢琴，家里客厅放着琴", child + "长得快，一年换一次尺码"})
	case age <= 15:
		s = pickOne(r, []string{child + "上初中，住校", child + "明年中考，家里人说话都轻声"})
	case age <= 18:
		s = pickOne(r, []string{child + "上高中，周末才回家", child + "今年高考，暑假打算出去玩"})
	case age <= 23:
		s = pickOne(r, []string{child + "在外地读大学", child + "大学毕业刚工作，在上海"})
	case age <= 30:
		s = pickOne(r, []string{child + "准备结婚，在看新房", child + "在上海工作，一个月回来一次"})
	default:
		s = pickOne(r, []string{child + "成家了，孙辈周末过来", "帮" + child + "带孩子，平时住在" + grown + "那边"})
	}
	if len(l.kids) > 1 {
		s += "；还有老二"
	}
	if l.pet != "" && r.IntN(2) == 0 {
		s += "；养了" + l.pet
	}
	return s
}
