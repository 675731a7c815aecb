package main

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// The value of an expression without variables, as templates take it.
func plain(expression hcl.Expression) (interface{}, error) {
	value, wrong := expression.Value(nil)
	if wrong.HasErrors() {
		return nil, wrong
	}
	return converted(value), nil
}

func converted(value cty.Value) interface{} {
	kind := value.Type()
	switch {
	case value.IsNull():
		return nil
	case kind == cty.String:
		return value.AsString()
	case kind == cty.Bool:
		return value.True()
	case kind == cty.Number:
		number, _ := value.AsBigFloat().Int64()
		return number
	case kind.IsObjectType() || kind.IsMapType():
		object := map[string]interface{}{}
		for key, inner := range value.AsValueMap() {
			object[key] = converted(inner)
		}
		return object
	default:
		list := []interface{}{}
		for _, inner := range value.AsValueSlice() {
			list = append(list, converted(inner))
		}
		return list
	}
}
