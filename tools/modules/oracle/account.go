package main

import (
	"reflect"
	"sort"

	"github.com/nats-io/nats-server/v2/server"
)

// account is what a server knows of an account, by whatever way it got there. The fields are private to the server, so
// they are read by reflection.
type account struct {
	Connections        int64          `json:"connections"`
	LeafNodes          int64          `json:"leafNodes"`
	Subscriptions      int64          `json:"subscriptions"`
	Payload            int64          `json:"payload"`
	DisallowBearer     bool           `json:"disallowBearer"`
	JetStream          map[string]any `json:"jetstream"`
	ClusterTraffic     string         `json:"clusterTraffic"`
	Exports            []share        `json:"exports"`
	Imports            []share        `json:"imports"`
	Mappings           []mapping      `json:"mappings"`
	DefaultPermissions any            `json:"defaultPermissions"`
	TraceDestination   string         `json:"traceDestination"`
	TraceSampling      int64          `json:"traceSampling"`
	RevokedUsers       map[string]any `json:"revokedUsers"`
	Authorization      any            `json:"authorization"`
	Incomplete         bool           `json:"incomplete"`
}

// share is an export or an import.
type share struct {
	Type    string `json:"type"`
	Subject string `json:"subject"`
	// Account is the exporter of an import.
	Account string `json:"account,omitempty"`
	// Local is the subject under which an import is used.
	Local         string   `json:"local,omitempty"`
	Share         bool     `json:"share,omitempty"`
	AllowTrace    bool     `json:"allowTrace,omitempty"`
	Invalid       bool     `json:"invalid,omitempty"`
	TokenRequired bool     `json:"tokenRequired,omitempty"`
	Position      uint64   `json:"position,omitempty"`
	Approved      []string `json:"approved,omitempty"`
	// Revoked are activations that do not hold any more.
	Revoked      map[string]any `json:"revoked,omitempty"`
	ResponseType uint64         `json:"responseType,omitempty"`
	Threshold    int64          `json:"threshold,omitempty"`
	Latency      *latency       `json:"latency,omitempty"`
}

// latency is how a service is measured: sampling 0 is by headers.
type latency struct {
	Subject  string `json:"subject"`
	Sampling int64  `json:"sampling"`
}

type mapping struct {
	Source       string                   `json:"source"`
	Destinations []destination            `json:"destinations"`
	Clusters     map[string][]destination `json:"clusters,omitempty"`
}

type destination struct {
	Subject string `json:"subject"`
	Weight  uint64 `json:"weight"`
}

func describe(found *server.Account) account {
	value := reflect.ValueOf(found).Elem()
	exports, imports := value.FieldByName("exports"), value.FieldByName("imports")
	return account{
		Connections:        value.FieldByName("mconns").Int(),
		LeafNodes:          value.FieldByName("mleafs").Int(),
		Subscriptions:      value.FieldByName("msubs").Int(),
		Payload:            value.FieldByName("mpay").Int(),
		DisallowBearer:     value.FieldByName("disallowBearer").Bool(),
		JetStream:          plainMap(value.FieldByName("jsLimits")),
		ClusterTraffic:     value.FieldByName("nrgAccount").String(),
		Exports:            append(streamExports(exports), serviceExports(exports)...),
		Imports:            append(streamImports(imports), serviceImports(imports)...),
		Mappings:           mappings(value.FieldByName("mappings")),
		DefaultPermissions: plain(value.FieldByName("defaultPerms")),
		TraceDestination:   value.FieldByName("traceDest").String(),
		TraceSampling:      value.FieldByName("traceDestSampling").Int(),
		RevokedUsers:       plainMap(value.FieldByName("usersRevoked")),
		Authorization:      plain(value.FieldByName("extAuth")),
		Incomplete:         value.FieldByName("incomplete").Bool(),
	}
}

func streamExports(exports reflect.Value) []share {
	return each(exports.FieldByName("streams"), func(subject string, entry reflect.Value) share {
		return authorised(share{Type: "stream", Subject: subject}, entry)
	})
}

func serviceExports(exports reflect.Value) []share {
	return each(exports.FieldByName("services"), func(subject string, entry reflect.Value) share {
		found := authorised(share{Type: "service", Subject: subject}, entry)
		if entry.IsNil() {
			return found
		}
		found.ResponseType = entry.Elem().FieldByName("respType").Uint()
		found.Threshold = entry.Elem().FieldByName("respThresh").Int()
		found.AllowTrace = entry.Elem().FieldByName("atrc").Bool()
		if measured := entry.Elem().FieldByName("latency"); !measured.IsNil() {
			found.Latency = &latency{
				Subject:  measured.Elem().FieldByName("subject").String(),
				Sampling: measured.Elem().FieldByName("sampling").Int(),
			}
		}
		return found
	})
}

// authorised adds who may import an export; a server knows nothing but the subject of one that all may.
func authorised(found share, entry reflect.Value) share {
	if entry.IsNil() {
		return found
	}
	found.TokenRequired = entry.Elem().FieldByName("tokenReq").Bool()
	found.Position = entry.Elem().FieldByName("accountPos").Uint()
	for _, key := range entry.Elem().FieldByName("approved").MapKeys() {
		found.Approved = append(found.Approved, key.String())
	}
	sort.Strings(found.Approved)
	found.Revoked = plainMap(entry.Elem().FieldByName("actsRevoked"))
	return found
}

func streamImports(imports reflect.Value) []share {
	list := imports.FieldByName("streams")
	found := []share{}
	for index := range list.Len() {
		entry := list.Index(index).Elem()
		found = append(found, share{
			Type:       "stream",
			Account:    entry.FieldByName("acc").Elem().FieldByName("Name").String(),
			Subject:    entry.FieldByName("from").String(),
			Local:      entry.FieldByName("to").String(),
			AllowTrace: entry.FieldByName("atrc").Bool(),
			Invalid:    entry.FieldByName("invalid").Bool(),
		})
	}
	return found
}

func serviceImports(imports reflect.Value) []share {
	found := []share{}
	for local, list := range sorted(imports.FieldByName("services")) {
		for index := range list.Len() {
			entry := list.Index(index).Elem()
			found = append(found, share{
				Type:    "service",
				Account: entry.FieldByName("acc").Elem().FieldByName("Name").String(),
				Subject: entry.FieldByName("to").String(),
				Local:   local,
				Share:   entry.FieldByName("share").Bool(),
				Invalid: entry.FieldByName("invalid").Bool(),
			})
		}
	}
	return found
}

func mappings(list reflect.Value) []mapping {
	found := []mapping{}
	for index := range list.Len() {
		entry := list.Index(index).Elem()
		clusters := map[string][]destination{}
		for name, destinations := range sorted(entry.FieldByName("cdests")) {
			clusters[name] = destinationsOf(destinations)
		}
		found = append(found, mapping{
			Source:       entry.FieldByName("src").String(),
			Destinations: destinationsOf(entry.FieldByName("dests")),
			Clusters:     clusters,
		})
	}
	return found
}

func destinationsOf(list reflect.Value) []destination {
	found := []destination{}
	for index := range list.Len() {
		entry := list.Index(index).Elem()
		found = append(found, destination{
			Subject: entry.FieldByName("tr").Elem().FieldByName("dest").String(),
			Weight:  entry.FieldByName("weight").Uint(),
		})
	}
	return found
}
