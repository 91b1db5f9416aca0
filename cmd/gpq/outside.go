package main

import (
	"path/filepath"

	"gpq/checks"
	"gpq/checks/advisory"
	"gpq/checks/domain"
	"gpq/checks/downloads"
	"gpq/checks/names"
	"gpq/checks/service"
	"gpq/shim/argv"
)

// outside makes the collector of what the world beside the registry says.
func (s *session) outside() *checks.Outside {
	kept := service.Kept{Store: s.store, Area: "services"}
	r := s.config.RegistryOptions()
	return checks.NewOutside(checks.OutsideOptions{
		Domains: domain.New(domain.Options{
			Doer: s.fetch, RDAP: place(s.own.RDAP, domain.Bootstrap), Renew: domain.IANA,
			DNS: place(s.own.DNS, domain.SystemDNS), Cache: kept, Now: s.now,
		}),
		Advisories: advisory.New(advisory.Options{
			Doer: s.fetch, OSV: place(s.own.OSV, advisory.DefaultOSV), Registries: s.client,
			Database: s.policy.Rules.AdvisoryDB, Index: filepath.Join(s.store.Dir(), "advisories"), Cache: kept, Now: s.now,
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
