// Package i18n turns keys into sentences, and money, numbers and days into what
// a reader of Simplified Chinese, Traditional Chinese or English expects to see.
//
// Sentences live in messages/<owner>.json, one file per owner with the three
// languages side by side; the first segment of a key is its owner:
//
//	{ "customer.phone_taken": {
//	    "zh-Hans": "这个号码已经是{name}的了。",
//	    "zh-Hant": "這個號碼已經是{name}的了。",
//	    "en":      "This number already belongs to {name}." } }
//
// A value may be {"one": …, "other": …}, chosen by the argument n. An argument
// is written {name}; {name:day} formats a YYYY-MM-DD string as a date of the
// reader's language, which keeps days readable that were stored as JSON.
//
// Tests compare the catalog with the sources: a key that is missing, unused, or
// has other placeholders in another language does not pass.
package i18n
