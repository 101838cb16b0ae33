package names

import "fmt"

// City is a city with stores.
type City struct {
	Name      string
	Districts []District
}

// District is a part of a city with its streets.
type District struct {
	Name    string
	Streets []string
	Estates []string // 小区
}

// Cities are the chain's, by the name that Address takes.
var Cities = map[string]City{
	"杭州": {"杭州市", []District{
		{"西湖区", words("文三路 古墩路 天目山路 莫干山路 学院路"), words("桂花城 兰桂花园 紫荆家园 丹枫新村 文华苑")},
		{"拱墅区", words("湖墅南路 上塘路 大关路 丽水路"), words("运河人家 锦绣文苑 大塘新村 和睦院 莱茵半岛")},
		{"上城区", words("清江路 秋涛路 钱江路 景芳路"), words("采荷人家 钱塘府 近江家园 清波里 观潮苑")},
		{"滨江区", words("江南大道 滨盛路 长河路 春晓路"), words("彩虹城 钱塘春晓 缤纷小区 江畔云庐 风雅苑")},
		{"余杭区", words("文一西路 五常大道 高教路 良睦路"), words("西溪里 未来府 翡翠湾 梦溪家园 合景苑")},
	}},
	"苏州": {"苏州市", []District{
		{"姑苏区", words("干将东路 人民路 十梓街 凤凰街"), words("平江新村 里河苑 桂花新村 彩香花园 沧浪人家")},
		{"工业园区", words("现代大道 星湖街 金鸡湖路 苏惠路"), words("湖滨花园 白塘景苑 东湖雅居 师惠坊 水巷邻里")},
		{"吴中区", words("东吴南路 宝带西路 吴中大道"), words("蠡墅花园 石湖华城 碧波苑 尹山湖畔")},
		{"虎丘区", words("狮山路 长江路 邓尉路"), words("狮山新苑 名墅花园 何山花园 枫桥雅苑")},
	}},
	"宁波": {"宁波市", []District{
		{"海曙区", words("中山西路 柳汀街 解放南路 苍松路"), words("月湖花园 青林湾 气象新村 联丰人家")},
		{"鄞州区", words("百丈东路 惊驾路 天童北路 四明中路"), words("东方湾邸 钟公庙新村 长丰华园 凤凰水岸")},
		{"江北区", words("人民路 大闸路 环城北路 槐树路"), words("星湖花园 绿梅小区 日湖花园 双东坊")},
	}},
}

// Address is a flat in an estate of the city; it is empty for a city without estates.
func (m Maker) Address(city string) string {
	c := Cities[city]
	if len(c.Districts) == 0 {
		return ""
	}
	d := pick(m.rng, c.Districts)
	return fmt.Sprintf("%s%s%s%d号%s%d幢%d单元%d%02d室", c.Name, d.Name, pick(m.rng, d.Streets), 10+m.rng.IntN(480),
		pick(m.rng, d.Estates), 1+m.rng.IntN(28), 1+m.rng.IntN(3), 1+m.rng.IntN(22), 1+m.rng.IntN(4))
}

// Area is the name of the estate's district, as customers tell where they live.
func (m Maker) Area(city string) string {
	c := Cities[city]
	if len(c.Districts) == 0 {
		return ""
	}
	d := pick(m.rng, c.Districts)
	return d.Name + pick(m.rng, d.Estates)
}
