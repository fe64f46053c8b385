package main

import (
	"iter"
	"reflect"
	"sort"
)

// keys lists the keys of a set in order.
func keys(set map[string]struct{}) []string {
	found := []string{}
	for key := range set {
		found = append(found, key)
	}
	sort.Strings(found)
	return found
}

// sorted goes through a map with keys of text in the order of its keys.
func sorted(entries reflect.Value) iter.Seq2[string, reflect.Value] {
	names := entries.MapKeys()
	sort.Slice(names, func(a, b int) bool { return names[a].String() < names[b].String() })
	return func(yield func(string, reflect.Value) bool) {
		for _, name := range names {
			if !yield(name.String(), entries.MapIndex(name)) {
				return
			}
		}
	}
}

// each makes something of each entry of a map.
func each[T any](entries reflect.Value, make func(string, reflect.Value) T) []T {
	found := []T{}
	for name, entry := range sorted(entries) {
		found = append(found, make(name, entry))
	}
	return found
}

// plainMap is a map as JSON can have it.
func plainMap(entries reflect.Value) map[string]any {
	found := map[string]any{}
	for name, entry := range sorted(entries) {
		found[name] = plain(entry)
	}
	return found
}

// plain is a value as JSON can have it, private fields included.
func plain(value reflect.Value) any {
	switch value.Kind() {
	case reflect.Pointer, reflect.Interface:
		if value.IsNil() {
			return nil
		}
		return plain(value.Elem())
	case reflect.Struct:
		found := map[string]any{}
		for index := range value.NumField() {
			found[value.Type().Field(index).Name] = plain(value.Field(index))
		}
		return found
	case reflect.Map:
		return plainMap(value)
	case reflect.Slice:
		if value.IsNil() {
			return nil
		}
		found := []any{}
		for index := range value.Len() {
			found = append(found, plain(value.Index(index)))
		}
		return found
	case reflect.String:
		return value.String()
	case reflect.Bool:
		return value.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return value.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return value.Uint()
	default:
		return value.Kind().String()
	}
}
