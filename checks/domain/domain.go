// Package domain finds out who holds a domain: RDAP and DNS.
package domain
