package care

// Drawn is the draw of the sample, for tests that plan with it.
var Drawn = drawn
