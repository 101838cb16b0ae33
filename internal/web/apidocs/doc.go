// Package apidocs is the page on which a person reads what the API can do. All
// of it comes from the OpenAPI document that the API makes of its own code: an
// operation cannot be missing here, and the page cannot be out of date.
package apidocs
