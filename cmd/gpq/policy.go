package main

import "gpq/checks"

func (s *session) readPolicy() error {
	s.policy = checks.DefaultPolicy()
	return nil
}

func (s *session) trustedHosts() []string { return nil }
