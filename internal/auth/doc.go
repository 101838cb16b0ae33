// Package auth says who somebody is: passwords, sessions and API keys. What
// they may then do is the business of package org.
//
// Tables: credential, session, api_key, sign_in_failure. All are local to the
// coordinator of a cluster.
//
// Invariants:
//   - Nothing in the tables signs anybody in: passwords are argon2id hashes,
//     session tokens and API keys are random and kept as SHA-256.
//   - Guessing is slowed down per login and per address, and an unknown login
//     costs as much time as a wrong password.
//   - A changed password ends every other session of its owner at once.
//
// A member of staff is an int64 here: auth and org do not know each other.
package auth
