// Package api is the program for other programs: REST under /api/v1, one file
// per resource, with an OpenAPI 3.1 document made from the code.
//
// Conventions, the same for every operation:
//   - Each declares the right it takes; there is none without. A path with
//     {customer} is checked against the caller's reach before anything else:
//     whoever is out of reach is not found.
//   - A caller is an API key (Authorization: Bearer rj_…) or a person's session.
//   - Ids and amounts are strings: 63 bits and exact decimals are more than a
//     JSON number holds everywhere. Instants are RFC 3339, days YYYY-MM-DD.
//   - Lists are pages: "next" is the "after" of the next one, and is missing on
//     the last.
//   - Phones, e-mails and addresses are masked unless a caller with the right
//     asks for them, which is put on record.
//   - Errors are RFC 9457 problems, in the language of Accept-Language.
//   - A POST may carry an Idempotency-Key: sent again within a week it changes
//     nothing and gets the first answer.
package api
