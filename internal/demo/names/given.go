package names

// generation is how children born from a year on were named.
type generation struct {
	from         int // first year of birth
	female, male fashion
}

// fashion is a stock of given names: of one character, or put together of two.
type fashion struct {
	singles       int // percent with one character
	single        []string
	first, second []string
}

var generations = []generation{
	{
		from: 1900,
		female: fashion{
			12, runes("英兰珍芳梅琴华莲敏娥"),
			runes("秀桂玉淑凤美月爱素惠春金雪兰菊水阿宝"), runes("英兰珍芳华琴梅云珠仙香娣凤花芬莲妹娥"),
		},
		male: fashion{
			12, runes("明平军荣刚根忠"),
			runes("建国志永德文玉金福明世振长宝学家荣正阿水"), runes("国华军民强明生林平忠荣祥根兴良才富贵法"),
		},
	},
	{
		from: 1965,
		female: fashion{
			32, runes("丽敏静艳芳娟红燕霞玲萍英梅琴洁莉"),
			runes("晓丽红海小雪春建文玉爱亚美慧"), runes("芳丽燕红霞萍英琴敏芬娟玲莉珍梅华君"),
		},
		male: fashion{
			32, runes("伟军勇斌强刚平辉涛明峰健杰华毅"),
			runes("建志国海晓文卫永立红新小春学少"), runes("明平军华峰东伟波强忠斌林锋良新民清刚"),
		},
	},
	{
		from: 1980,
		female: fashion{
			38, runes("婷娜静丹颖洁雪倩燕敏琳莹蕾玲璐佳瑶慧"),
			runes("晓丽雅海佳雪文春思晶慧小梦"), runes("婷燕娜丽敏静霞琴莉萍娟洁芳君华雯莹"),
		},
		male: fashion{
			38, runes("磊鹏超亮涛波杰飞俊凯峰辉斌旭浩宁毅"),
			runes("晓志海建文俊国永嘉立振伟少"), runes("峰东明伟杰龙鹏华斌波飞辉勇亮锋林阳宇"),
		},
	},
	{
		from: 1990,
		female: fashion{
			22, runes("雪颖悦琪瑶璇倩薇婷怡"),
			runes("雨思佳梦晓雅欣嘉心诗婉静"), runes("婷琪怡雯瑶洁颖琳慧萱莹晴彤妍"),
		},
		male: fashion{
			24, runes("浩宇鑫凯帅杰阳翔晨昊"),
			runes("俊嘉志浩子天文泽晨家明"), runes("杰豪宇轩伟鹏辉翔凯阳龙涛博"),
		},
	},
	{
		from: 2000,
		female: fashion{
			8, runes("悦彤琪妍"),
			runes("梓雨欣诗子可语思若依心"), runes("涵怡萱妍彤桐琪馨悦瑶诺"),
		},
		male: fashion{
			10, runes("睿昊宸博"),
			runes("子宇浩梓俊泽一奕皓宸沐"), runes("轩涵豪睿博辰航晨诺阳"),
		},
	},
}

var taiwan = struct{ female, male []string }{
	words("淑芬 美玲 雅婷 怡君 佳穎 雅雯 詩涵 宜庭 欣怡 心怡 麗華 惠雯 婉婷 思妤 鈺婷 慧君"),
	words("志明 俊傑 建宏 家豪 俊宏 冠宇 承恩 宗翰 志豪 文雄 柏翰 彥廷 信宏 明哲 育誠 嘉偉"),
}

var hongkong = struct{ female, male []string }{
	words("詠詩 嘉欣 曉彤 穎琳 慧儀 寶珠 美儀 淑儀 凱琳 敏儀 芷晴 婉雯"),
	words("家輝 志偉 偉明 國榮 俊賢 梓軒 浩然 永康 兆麟 德華 健聰 子謙"),
}

// foreigners live where the stores are; a till knows the given name first.
var foreigners = struct{ female, male []string }{
	words("Emma_Clarke Laura_Schmidt Sophie_Martin Anna_Kowalska Yuki_Tanaka Minji_Park Maria_Rossi Priya_Nair"),
	words("Thomas_Fischer James_Walker Pierre_Dubois Kenji_Sato Marco_Bianchi Daniel_Kim Oliver_Hughes Arjun_Mehta"),
}
