package pinyin_test

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/ricejar/ricejar/internal/pinyin"
)

func TestSyllables_of_names(t *testing.T) {
	tests := []struct{ name, want string }{
		{"王小明", "wang xiao ming"},
		{"张伟", "zhang wei"},
		{"陳大文", "chen da wen"},
		{"歐陽菲菲", "ou yang fei fei"},
		{"司马相如", "si ma xiang ru"},
		{"单雄信", "shan xiong xin"},
		{"單雄信", "shan xiong xin"},
		{"单于飞", "shan yu fei"},
		{"简单", "jian dan"},
		{"曾国藩", "zeng guo fan"},
		{"王曾", "wang zeng"},
		{"仇英", "qiu ying"},
		{"解缙", "xie jin"},
		{"任盈盈", "ren ying ying"},
		{"华佗", "hua tuo"},
		{"区大相", "ou da xiang"},
		{"區瑞強", "ou rui qiang"},
		{"朴树", "piao shu"},
		{"尉迟恭", "yu chi gong"},
		{"尉遲恭", "yu chi gong"},
		{"尉健行", "wei jian xing"},
		{"万俟卨", "mo qi xie"},
		{"万晓利", "wan xiao li"},
		{"长孙无忌", "zhang sun wu ji"},
		{"李长春", "li chang chun"},
		{"澹台灭明", "tan tai mie ming"},
		{"澹臺滅明", "tan tai mie ming"},
		{"查良镛", "zha liang yong"},
		{"盖叫天", "ge jiao tian"},
		{"蓋鳴暉", "ge ming hui"},
		{"乐嘉", "yue jia"},
		{"王乐乐", "wang le le"},
		{"樂蓓", "yue bei"},
		{"宁浩", "ning hao"},
		{"缪荃孙", "miao quan sun"},
		{"翟天临", "zhai tian lin"},
		{"冼星海", "xian xing hai"},
		{"覃辉", "qin hui"},
		{"谌容", "chen rong"},
		{"諶龍", "chen long"},
		{"员半千", "yun ban qian"},
		{"繁钦", "po qin"},
		{"种师道", "chong shi dao"},
		{"折克行", "she ke xing"},
		{"那英", "na ying"},
		{"哈文", "ha wen"},
		{"召忽", "shao hu"},
		{"尹正", "yin zheng"},
		{"卜学亮", "bu xue liang"},
		{"阚清子", "kan qing zi"},
		{"令狐冲", "ling hu chong"},
		{"鲜于枢", "xian yu shu"},
		{"呼延灼", "hu yan zhuo"},
		{"吕布", "lv bu"},
		{"王女士", "wang nv shi"},
		{"方略", "fang lve"},
		{"黄晟", "huang sheng"},
		{"阿依古丽·买买提", "a yi gu li mai mai ti"},
		{"Amy 王", "amy wang"},
		{"AMY王", "amy wang"},
		{"王 Amy", "wang amy"},
		{"Jean-Luc O'Neil", "jean luc oneil"},
		{"José", "josé"},
		{"ＴＯＭ　李", "tom li"},
		{"Lucy 单", "lucy shan"},
		{"王总(VIP2)", "wang zong vip2"},
		{"单位食堂采购部", "dan wei shi tang cai gou bu"}, // too long for a person
		{"重庆小面馆", "chong qing xiao mian guan"},
		{"  ", ""},
		{"", ""},
		{"·-—", ""},
		{"\U0002A6D6", "\U0002A6D6"}, // no known sound
		{"〇", "ling"},
	}
	for _, tt := range tests {
		if got := strings.Join(pinyin.Syllables(tt.name), " "); got != tt.want {
			t.Errorf("Syllables(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestFull_and_Initials(t *testing.T) {
	for _, tt := range []struct{ name, full, initials string }{
		{"单雄信", "shanxiongxin", "sxx"},
		{"Amy 王", "amywang", "aw"},
		{"吕绿", "lvlv", "ll"},
		{"Élodie 陈", "élodiechen", "éc"},
		{"", "", ""},
	} {
		if got := pinyin.Full(tt.name); got != tt.full {
			t.Errorf("Full(%q) = %q, want %q", tt.name, got, tt.full)
		}
		if got := pinyin.Initials(tt.name); got != tt.initials {
			t.Errorf("Initials(%q) = %q, want %q", tt.name, got, tt.initials)
		}
	}
}

func TestEvery_common_character_has_a_syllable_of_plain_letters(t *testing.T) {
	const silent = "兙兡嗧桛烪瓧瓰瓱瓼甅" // Japanese and Korean inventions without a Chinese reading
	for r := rune(0x4E00); r <= 0x9FA5; r++ {
		if strings.ContainsRune(silent, r) {
			continue
		}
		got := pinyin.Syllables("王" + string(r))
		if len(got) != 2 || got[1] == "" || len(got[1]) > 6 || strings.Trim(got[1], "abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("%c (%U) is spelled %q", r, r, got)
		}
	}
}

func TestSyllables_of_anything_are_folded_and_never_empty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("王单长孙·-' aBＺ１　é한カ")))).Draw(t, "s")
		for _, syllable := range pinyin.Syllables(s) {
			if syllable == "" || syllable != pinyin.Fold(syllable) || strings.ContainsFunc(syllable, unicode.IsSpace) {
				t.Fatalf("Syllables(%q) has %q", s, syllable)
			}
		}
	})
}

func TestFold(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"Wang", "wang"},
		{"  Wang   Xiao\tMing ", "wang xiao ming"},
		{"ＷＡＮＧ１２３", "wang123"},
		{"王　小明", "王 小明"},
		{"王小明\u200b", "王小明"},
		{"ÉLODIE", "élodie"},
		{"王小明", "王小明"},
		{"", ""},
	} {
		if got := pinyin.Fold(tt.in); got != tt.want {
			t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		once := pinyin.Fold(rapid.String().Draw(t, "s"))
		if twice := pinyin.Fold(once); twice != once {
			t.Fatalf("folding %q again gives %q", once, twice)
		}
	})
	if n := testing.AllocsPerRun(100, func() { pinyin.Fold("王小明") }); n != 0 {
		t.Errorf("folding what is folded allocates %v times", n)
	}
}

func BenchmarkSyllables(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		pinyin.Syllables("单雄信")
	}
}
