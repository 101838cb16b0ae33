package demo

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/ricejar/ricejar/internal/day"
	"github.com/ricejar/ricejar/internal/org"
)

// product is something a store sells.
type product struct {
	sku, name, category string
	price               int64 // fen
	weight              int   // how often it is bought
	season              rune  // of clothes: s summer, w winter, - any
	delivered           bool  // too large to carry home
	big                 bool  // bought for a new home, or after an accident
	metres              bool  // sold by length
}

// Shelves of a trade. A line is a category; a product is name/price in yuan/how
// often, with marks: * is delivered and belongs to a new home, s and w are for
// summer and winter, m is sold by the metre.
const furnitureShelf = `
沙发 云朵三人布艺沙发/5980/6* 头层牛皮转角沙发/12800/3* 模块沙发四件组/8680/4* 单人休闲椅/1680/5* 小户型双人沙发/3980/4*
床 白橡木双人床1.8米/4680/6* 软包储物床1.8米/5280/4* 儿童实木床1.2米/3280/3* 胡桃木双人床1.5米/5680/2*
床垫 乳胶独袋弹簧床垫/3980/6* 黄麻薄床垫/2280/2* 静音记忆棉床垫/4580/3*
餐厅 樱桃木餐桌1.6米/5200/3* 岩板餐桌1.4米/3680/4* 白橡木餐椅两把/1360/6* 实木餐边柜/2680/3*
柜架 胡桃木电视柜/2880/4* 五斗柜/2180/4* 玄关鞋柜/1980/4* 定制衣柜/9800/3* 开放书架/1580/3*
书房 原木书桌1.4米/1880/4* 儿童成长学习桌/2180/4* 人体工学椅/1280/5*
床品 长绒棉四件套/599/16 天丝四件套/799/8 鹅绒被/1899/5w 凉席三件套/299/6s 羊毛盖毯/459/6w 记忆棉枕/199/12 夏凉被/269/7s
软装 亚麻窗帘/128/8m 圈绒地毯/899/6 抱枕套/69/18 手工棉线搭毯/199/9 装饰画/239/7
灯具 落地灯/459/7 餐吊灯/899/4 护眼台灯/329/8 床头壁灯/259/4
餐具 釉下彩餐具十六头/368/8 木质托盘/118/9 玻璃凉水壶套装/139/7s 珐琅锅/559/5
香氛摆件 香薰蜡烛/128/16 陶瓷花瓶/168/10 藤编收纳篮/79/16 桂花扩香石/99/9 干花花束/88/8
`

const fashionShelf = `
外套 羊绒双面呢大衣/2680/6w 长款鹅绒羽绒服/1980/7w 短款羽绒服/1280/7w 风衣/1180/6 西装外套/980/6 牛仔外套/559/5 薄款防晒衣/299/6s
针织 羊绒圆领衫/899/8w 羊毛开衫/599/9 高领打底衫/239/11w 镂空针织衫/329/6s 针织马甲/359/6
上衣 真丝衬衫/799/7 纯棉白衬衫/359/11 圆领T恤/129/20s 亚麻衬衫/399/9s 卫衣/339/9 宋锦盘扣上衣/699/4
裙装 碎花连衣裙/559/11s 真丝连衣裙/1280/6s 羊毛半身裙/499/7w 百褶裙/399/8 马面裙/659/6 针织连衣裙/599/7w
裤装 直筒牛仔裤/399/12 阔腿西裤/459/10 羊毛烟管裤/559/6w 冰丝阔腿裤/259/9s 灯芯绒长裤/359/5w 休闲短裤/199/8s
男装 男士商务衬衫/399/9 男士羊毛西装/1680/4 男士Polo衫/299/9s 男士休闲夹克/799/6 男士羊绒衫/999/5w 男士直筒长裤/429/8
鞋履 小羊皮单鞋/559/7 乐福鞋/599/6 及踝短靴/859/5w 平底凉鞋/359/7s 小白鞋/399/8
包袋 软皮通勤包/1280/5 帆布托特包/239/7 链条小方包/899/4
配饰 桑蚕丝方巾/299/9 羊绒围巾/459/8w 渔夫帽/159/6s 珍珠耳钉/199/7 真皮腰带/259/6 保暖袜三双/59/14w 隐形袜三双/39/12s
童装 儿童羽绒服/599/4w 儿童卫衣/199/6 女童连衣裙/259/5s 儿童汉服套装/399/3
`

const workshopShelf = `
保养 小保养全合成机油套餐/568/30 大保养套餐/1380/10 半合成机油套餐/398/12 变速箱油更换/1180/5 刹车油更换/260/6 冷却液更换/280/5
易损件 空调滤芯/128/18s 空气滤芯/98/16 雨刮片一对/138/14 前刹车片/480/8 后刹车片/420/6 火花塞四支/360/5 蓄电池60Ah/680/7w
轮胎 静音轮胎205/55R16/459/8 舒适轮胎225/50R18/899/5 轮胎修补/60/8 四轮定位/260/8 动平衡四轮/160/6
美容 标准洗车/45/30 内饰深度清洁/380/6 镀晶护理/1280/3 打蜡/198/7
车品 全包围脚垫/680/4 行车记录仪/599/4 玻璃水/25/14 隔热膜全车/2680/2s
检测 年检代办/380/6 长途出行检测/99/9 空调制冷检修/220/6s 底盘检查/80/9
维修 前保险杠喷漆/650/5* 车门钣金喷漆/1200/4* 事故车定损维修/6800/3* 前大灯总成更换/2400/2* 后视镜总成更换/980/2*
`

// shelves are the products of each trade.
var shelves = map[trade][]product{
	org.Furniture: shelf("J", furnitureShelf),
	org.Fashion:   shelf("F", fashionShelf),
	org.Workshop:  shelf("A", workshopShelf),
}

// shelf reads a shelf; it panics on a line it cannot read, which only a typing
// mistake above can be.
func shelf(prefix, text string) []product {
	var list []product
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		fields := strings.Fields(line)
		for n, f := range fields[1:] {
			marks := strings.TrimLeft(f[strings.LastIndexByte(f, '/')+1:], "0123456789")
			f = strings.TrimSuffix(f, marks)
			// The name itself may hold a slash: 205/55R16.
			last := strings.LastIndexByte(f, '/')
			before := strings.LastIndexByte(f[:last], '/')
			price, err := strconv.ParseInt(f[before+1:last], 10, 64)
			weight, err2 := strconv.Atoi(f[last+1:])
			if err != nil || err2 != nil {
				panic("demo: cannot read the product " + f)
			}
			p := product{
				sku: fmt.Sprintf("%s%02d-%02d", prefix, i+1, n+1), name: f[:before], category: fields[0],
				price: price * 100, weight: weight, season: '-',
				delivered: strings.Contains(marks, "*") && prefix == "J", big: strings.Contains(marks, "*"),
				metres: strings.Contains(marks, "m"),
			}
			if strings.ContainsAny(marks, "sw") {
				p.season = rune(marks[0])
			}
			list = append(list, p)
		}
	}
	return list
}

// chance is how likely the product is bought on the day, against the others.
func (p product) chance(d day.Day) float64 {
	w := float64(p.weight)
	switch p.season {
	case 's':
		return w * (0.08 + 1.6*warm(d))
	case 'w':
		return w * (0.08 + 1.6*(1-warm(d)))
	}
	return w
}
