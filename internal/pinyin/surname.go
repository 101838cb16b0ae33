package pinyin

import "strings"

// surnames whose reading is not the character's usual one; traditional forms
// beside the simplified. Where two readings are in use, the more common.
var surnames = spelled(`
	bi 秘  bo 薄  bu 卜  chong 种  chuai 啜  du 都  ge 盖蓋  gou 句  gui 炅  he 黑  juan 圈  kan 阚闞  miao 缪繆
	nai 佴能  ni 兒  nie 乜  ou 区區  pan 番  pang 逢  piao 朴  pian 便  po 繁  qin 覃  qiu 仇  shan 单單
	shao 召  she 折  xian 洗  xie 解颉頡  yu 蔚  yue 乐樂  yun 员員贠貟  zang 藏  zha 查  zhai 翟祭`)

// characters read otherwise in names than their first reading, wherever they stand.
var inNames = spelled(`bu 卜  chang 长長  du 都  heng 珩  jing 箐  kan 阚  liao 了  sheng 晟  zeng 曾`)

// compounds are surnames of two characters and a place name that begin like
// nothing else. 单于 is missing on purpose: today it is a Shan whose given name
// begins with 于.
var compounds = []struct {
	han       string
	syllables []string
}{
	{"万俟", []string{"mo", "qi"}},
	{"萬俟", []string{"mo", "qi"}},
	{"尉迟", []string{"yu", "chi"}},
	{"尉遲", []string{"yu", "chi"}},
	{"长孙", []string{"zhang", "sun"}},
	{"長孫", []string{"zhang", "sun"}},
	{"澹台", []string{"tan", "tai"}},
	{"澹臺", []string{"tan", "tai"}},
	{"子车", []string{"zi", "ju"}},
	{"子車", []string{"zi", "ju"}},
	{"丌官", []string{"qi", "guan"}},
	{"冒顿", []string{"mo", "du"}},
	{"冒頓", []string{"mo", "du"}},
	{"贺若", []string{"he", "re"}},
	{"賀若", []string{"he", "re"}},
	{"黑齿", []string{"hei", "chi"}},
	{"黑齒", []string{"hei", "chi"}},
	{"重庆", []string{"chong", "qing"}},
	{"重慶", []string{"chong", "qing"}},
}

// spelled reads "syllable characters" pairs.
func spelled(s string) map[rune]string {
	m := make(map[rune]string)
	f := strings.Fields(s)
	for i := 0; i+1 < len(f); i += 2 {
		for _, r := range f[i+1] {
			m[r] = f[i]
		}
	}
	return m
}
