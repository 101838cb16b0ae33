// Package imports is the pages that bring files in: the upload, the columns
// guessed and corrected by hand, the dry run with what was understood and what
// was not, the progress, the report, and taking it all back. Each page is the
// run as it stands, so that a reload, another device or another person sees the
// same.
package imports
