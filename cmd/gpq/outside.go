package main

import (
	"encoding/binary"
	"path/filepath"
	"time"

	"gpq/checks"
	"gpq/checks/advisory"
	"gpq/checks/domain"
	"gpq/checks/downloads"
	"gpq/checks/names"
	"gpq/resolver/store"
	"gpq/shim/argv"
)

// outside makes the collector of what the world beside the registry says.
func (s *session) outside() *checks.Outside {
	kept := cache{s.store}
	r := s.config.RegistryOptions()
	return checks.NewOutside(checks.OutsideOptions{
		Domains: domain.New(domain.Options{
			Doer: s.fetch, RDAP: place(s.own.RDAP, domain.Bootstrap), Renew: domain.IANA,
			DNS: place(s.own.DNS, domain.SystemDNS), Cache: kept, Now: s.now,
		}),
		Advisories: advisory.New(advisory.Options{
			Doer: s.fetch, OSV: place(s.own.OSV, advisory.DefaultOSV), Registries: s.client,
			Database: s.policy.Rules.AdvisoryDB, Index: filepath.Join(s.cacheDir(), "advisories"), Cache: kept, Now: s.now,
		}),
		Downloads: downloads.New(downloads.Options{
			Doer: s.fetch, Base: place(s.own.Downloads, downloads.Default), Cache: kept, Now: s.now,
		}),
		Names: names.Load, Default: r.Default, Scopes: r.Scopes,
	})
}

// place is where a service is asked: what the environment says, also where it
// says nothing (off), else the service itself.
func place(given argv.Service, usual string) string {
	if given.Given {
		return given.URL
	}
	return usual
}

// cache keeps services' answers in the store, each behind the time it is from.
type cache struct{ *store.Store }

const (
	serviceArea = "services"
	maxAnswer   = 8 << 20
)

// Get implements service.Cache.
func (c cache) Get(key string) ([]byte, time.Time, bool) {
	data, err := c.Store.Get(serviceArea, key, maxAnswer)
	if err != nil || len(data) < 8 {
		return nil, time.Time{}, false
	}
	at := binary.BigEndian.Uint64(data)
	return data[8:], time.Unix(int64(at), 0), true
}

// Put implements service.Cache. What cannot be kept is asked again.
func (c cache) Put(key string, data []byte, stored time.Time) {
	head := binary.BigEndian.AppendUint64(nil, uint64(stored.Unix()))
	_ = c.Store.Put(serviceArea, key, append(head, data...))
}
