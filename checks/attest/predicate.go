package attest

import (
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// account is what the build wrote about itself, in either form of SLSA.
type account struct {
	repository, ref, commit, run string
}

// disagreements holds the build's own account against the certificate. What
// the account leaves out is no disagreement.
func (st *statement) disagreements(f facts) []string {
	a, err := st.account()
	if err != nil {
		return []string{"the predicate is not readable"}
	}
	var out []string
	for _, d := range [][3]string{
		{"repository", a.repository, f.Repository},
		{"ref", a.ref, f.Ref},
		{"commit", a.commit, f.Commit},
		{"run", a.run, f.Run},
	} {
		if d[1] != "" && d[2] != "" && !strings.EqualFold(d[1], d[2]) {
			out = append(out, fmt.Sprintf("the build says %s %s, the certificate %s", d[0], quote(d[1]), quote(d[2])))
		}
	}
	return out
}

func (st *statement) account() (account, error) {
	if st.PredicateType == PredicateSLSA1 {
		return st.slsa1()
	}
	return st.slsa02()
}

func (st *statement) slsa1() (account, error) {
	var p struct {
		BuildDefinition struct {
			ExternalParameters struct {
				Workflow jsontext.Value `json:"workflow"`
			} `json:"externalParameters"`
			ResolvedDependencies []struct {
				Digest map[string]string `json:"digest"`
			} `json:"resolvedDependencies"`
		} `json:"buildDefinition"`
		RunDetails struct {
			Metadata struct {
				InvocationID string `json:"invocationId"`
			} `json:"metadata"`
		} `json:"runDetails"`
	}
	if err := json.Unmarshal(st.Predicate, &p); err != nil {
		return account{}, err
	}
	a := account{run: p.RunDetails.Metadata.InvocationID}
	var w struct {
		Ref        string `json:"ref"`
		Repository string `json:"repository"`
	}
	if len(p.BuildDefinition.ExternalParameters.Workflow) > 0 && json.Unmarshal(p.BuildDefinition.ExternalParameters.Workflow, &w) == nil {
		a.ref, a.repository = w.Ref, w.Repository
	}
	if deps := p.BuildDefinition.ResolvedDependencies; len(deps) > 0 {
		a.commit = first(deps[0].Digest["gitCommit"], deps[0].Digest["sha1"])
	}
	return a, nil
}

func (st *statement) slsa02() (account, error) {
	var p struct {
		Invocation struct {
			ConfigSource struct {
				URI    string            `json:"uri"`
				Digest map[string]string `json:"digest"`
			} `json:"configSource"`
		} `json:"invocation"`
		Metadata struct {
			BuildInvocationID string `json:"buildInvocationId"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(st.Predicate, &p); err != nil {
		return account{}, err
	}
	source := p.Invocation.ConfigSource
	repository, ref, _ := strings.Cut(strings.TrimPrefix(source.URI, "git+"), "@")
	a := account{repository: repository, ref: ref, commit: source.Digest["sha1"], run: p.Metadata.BuildInvocationID}
	// npm wrote «RUN-ATTEMPT» here, GitLab's runner the job's URL
	if run, attempt, ok := strings.Cut(a.run, "-"); ok && !strings.Contains(run, "/") {
		a.run = repository + "/actions/runs/" + run + "/attempts/" + attempt
	}
	return a, nil
}
