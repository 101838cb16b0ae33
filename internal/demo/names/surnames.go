package names

// surnames with their weight: bearers per 10,000 people, roughly as the police
// registers count them, a little more for those usual around the Yangtze's mouth.
var surnames = newTable(`
王 720 李 715 张 680 刘 515 陈 470 杨 330 黄 240 赵 205 吴 210 周 205 徐 180 孙 140 马 125 朱 150 胡 120 郭 115 何 110
林 110 高 105 罗 103 郑 100 梁 90 谢 86 宋 82 唐 80 许 80 韩 76 邓 75 冯 74 曹 69 彭 68 曾 67 肖 66 田 60 董 60 潘 62
袁 57 蔡 58 蒋 62 余 56 于 54 杜 52 叶 58 程 50 魏 49 苏 48 吕 47 丁 50 任 45 卢 44 姚 46 沈 70 钟 42 姜 41 崔 40 谭 40
陆 55 范 39 汪 38 廖 36 石 35 金 42 韦 30 贾 33 夏 35 付 32 方 38 邹 31 熊 30 白 29 孟 28 秦 28 邱 28 侯 26 江 30 尹 25
薛 24 闫 23 段 23 雷 22 龙 22 黎 20 史 22 陶 24 贺 20 毛 24 郝 19 顾 40 龚 19 邵 24 万 18 覃 14 武 17 钱 38 戴 22 严 20
莫 16 孔 16 向 14 常 15 汤 16 康 14 易 13 乔 13 赖 12 文 12 施 18 洪 16 辛 8 柯 8 管 8 祝 10 翟 8 章 22 鲁 10 葛 12 毕 8
俞 20 柴 6 裘 6 应 12 楼 9 单 5 仇 3 倪 14 褚 4 费 5 诸 3 翁 8 阮 7 虞 5 华 6 池 3 郁 3 欧阳 9 上官 2 司徒 1 诸葛 2 皇甫 1 尉迟 1 慕容 1
`)

// traditionalSurnames are those of customers from Taiwan and Hong Kong.
var traditionalSurnames = newTable(`
陳 110 林 83 黃 60 張 53 李 51 王 41 吳 40 劉 32 蔡 29 楊 27 許 23 鄭 19 謝 18 郭 15 洪 15 曾 14 邱 14 廖 13 賴 13 周 12
徐 11 蘇 11 葉 11 莊 9 呂 9 江 9 何 12 蕭 8 羅 8 高 7 簡 6 鍾 6 梁 10 馮 6 鄧 6 歐陽 1
`)
