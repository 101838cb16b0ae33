// Package sheet reads and writes tables as people keep them: CSV (also
// compressed, in UTF-8, UTF-16, GB18030 or Big5, with commas, semicolons, tabs
// or bars) and XLSX. It yields rows of text and knows nothing of customers.
//
// Reading is streaming: memory does not grow with the file, cells are views
// into a buffer that the next row overwrites, and limits on size, columns and
// cells are checked on the way, so that neither a zip bomb nor a stray quote
// takes the program down. A file that cannot be read ends in errs.Invalid with
// a key; a row that cannot be trusted is yielded with its Fault, so that the
// caller can list it and go on.
//
// Writing neutralises cells that a spreadsheet would run as a formula; reading
// takes that back, so that what was written is what is read.
package sheet
