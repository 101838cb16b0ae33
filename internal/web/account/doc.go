// Package account is the way in and what belongs to oneself: the sign-in, the
// language and theme, the password, the devices one is signed in on, and keys
// for programs that act in one's name.
package account
