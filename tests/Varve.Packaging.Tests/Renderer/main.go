// Renders what is installed from templates, with the libraries that helm and nomad-pack render with.
//
//	renderer helm CHART VALUES RELEASE NAMESPACE VERSION
//	renderer nomad PACK VARIABLES
//
// A chart's objects go to standard output in the order of their files; what a template refuses to standard error.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/hashicorp/hcl/v2/hclparse"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"sigs.k8s.io/yaml"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 7 && os.Args[1] == "helm":
		err = chart(os.Args[2], os.Args[3], os.Args[4], os.Args[5], os.Args[6])
	case len(os.Args) == 4 && os.Args[1] == "nomad":
		err = pack(os.Args[2], os.Args[3])
	default:
		err = errors.New("usage: renderer helm CHART VALUES RELEASE NAMESPACE VERSION | renderer nomad PACK VARIABLES")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func readYaml(path string) (map[string]interface{}, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	values := map[string]interface{}{}
	return values, yaml.Unmarshal(text, &values)
}

// Maps are merged, everything else of the later goes before the earlier; null takes a key away, as in helm.
func merge(under, over map[string]interface{}) map[string]interface{} {
	for key, value := range over {
		inner, isMap := value.(map[string]interface{})
		was, wasMap := under[key].(map[string]interface{})
		switch {
		case value == nil:
			delete(under, key)
		case isMap && wasMap:
			under[key] = merge(was, inner)
		default:
			under[key] = value
		}
	}
	return under
}

func chart(folder, valuesFile, release, namespace, version string) error {
	values, err := readYaml(filepath.Join(folder, "values.yaml"))
	if err != nil {
		return err
	}
	over, err := readYaml(valuesFile)
	if err != nil {
		return err
	}
	about, err := readYaml(filepath.Join(folder, "Chart.yaml"))
	if err != nil {
		return err
	}
	all := template.New("chart").Option("missingkey=zero")
	all.Funcs(functions(all))
	var names []string
	err = filepath.Walk(filepath.Join(folder, "templates"), func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(folder, path)
		name := filepath.ToSlash(filepath.Join(about["name"].(string), relative))
		names = append(names, name)
		_, err = all.New(name).Parse(string(text))
		return err
	})
	if err != nil {
		return err
	}
	sort.Strings(names)
	context := map[string]interface{}{
		"Values":       merge(values, over),
		"Chart":        map[string]interface{}{"Name": about["name"], "Version": version, "AppVersion": version},
		"Release":      map[string]interface{}{"Name": release, "Namespace": namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1},
		"Capabilities": map[string]interface{}{"KubeVersion": map[string]interface{}{"Version": "v1.31.0", "Major": "1", "Minor": "31"}},
	}
	for _, name := range names {
		if strings.HasPrefix(filepath.Base(name), "_") {
			continue
		}
		context["Template"] = map[string]interface{}{"Name": name, "BasePath": about["name"].(string) + "/templates"}
		var out bytes.Buffer
		if err := all.ExecuteTemplate(&out, name, context); err != nil {
			return err
		}
		text := strings.ReplaceAll(out.String(), "<no value>", "")
		if strings.TrimSpace(text) == "" {
			continue
		}
		if strings.HasSuffix(name, ".txt") {
			fmt.Printf("---\n# Source: %s\n# %s\n", name, strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n# "))
			continue
		}
		var anything interface{}
		for _, document := range strings.Split(text, "\n---\n") {
			if err := yaml.UnmarshalStrict([]byte(document), &anything); err != nil {
				return fmt.Errorf("%s: %v\n%s", name, err, document)
			}
		}
		fmt.Printf("---\n# Source: %s\n%s\n", name, strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "---")))
	}
	return nil
}

// What helm adds to sprig, and what it takes away.
func functions(all *template.Template) template.FuncMap {
	known := sprig.TxtFuncMap()
	delete(known, "env")
	delete(known, "expandenv")
	known["toYaml"] = func(value interface{}) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	known["fromYaml"] = func(text string) (map[string]interface{}, error) {
		value := map[string]interface{}{}
		return value, yaml.Unmarshal([]byte(text), &value)
	}
	known["toJson"] = func(value interface{}) (string, error) {
		text, err := json.Marshal(value)
		return string(text), err
	}
	known["include"] = func(name string, data interface{}) (string, error) {
		var out strings.Builder
		err := all.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	known["tpl"] = func(text string, data interface{}) (string, error) {
		clone, err := all.Clone()
		if err != nil {
			return "", err
		}
		if clone, err = clone.New("tpl").Parse(text); err != nil {
			return "", err
		}
		var out strings.Builder
		err = clone.Execute(&out, data)
		return out.String(), err
	}
	known["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return value, errors.New(message)
		}
		return value, nil
	}
	known["lookup"] = func(string, string, string, string) map[string]interface{} { return map[string]interface{}{} }
	return known
}

// A pack: every template is filled in, with the defaults of its variables under those that are given, and must be HCL.
func pack(folder, variablesFile string) error {
	parser := hclparse.NewParser()
	name, err := named(parser, filepath.Join(folder, "metadata.hcl"))
	if err != nil {
		return err
	}
	variables, err := defaults(parser, filepath.Join(folder, "variables.hcl"))
	if err != nil {
		return err
	}
	over, err := readYaml(variablesFile)
	if err != nil {
		return err
	}
	for key, value := range over {
		if _, known := variables[key]; !known {
			return fmt.Errorf("there is no variable %s", key)
		}
		variables[key] = value
	}
	all := template.New("pack").Delims("[[", "]]").Option("missingkey=error")
	known := sprig.TxtFuncMap()
	known["var"] = func(key string, _ interface{}) (interface{}, error) {
		value, is := variables[key]
		if !is {
			return nil, fmt.Errorf("there is no variable %s", key)
		}
		return value, nil
	}
	known["meta"] = func(key string, _ interface{}) (interface{}, error) {
		if key != "pack.name" {
			return nil, fmt.Errorf("%s is not known here", key)
		}
		return name, nil
	}
	files, err := filepath.Glob(filepath.Join(folder, "templates", "*.tpl"))
	if err != nil {
		return err
	}
	files = append(files, filepath.Join(folder, "outputs.tpl"))
	for _, file := range files {
		if !strings.HasPrefix(filepath.Base(file), "_") {
			continue
		}
		if _, err := all.Funcs(known).ParseFiles(file); err != nil {
			return err
		}
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		filled, err := template.Must(all.Clone()).Funcs(known).Parse(string(text))
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := filled.Execute(&out, nil); err != nil {
			return err
		}
		if strings.TrimSpace(out.String()) == "" || strings.HasPrefix(filepath.Base(file), "_") {
			continue
		}
		if strings.HasSuffix(file, ".nomad.tpl") {
			if _, wrong := parser.ParseHCL(out.Bytes(), file); wrong.HasErrors() {
				return fmt.Errorf("%s\n%s", wrong.Error(), out.String())
			}
		}
		fmt.Printf("# %s\n%s\n", filepath.Base(file), strings.TrimSpace(out.String()))
	}
	return nil
}

func named(parser *hclparse.Parser, file string) (string, error) {
	body, wrong := parser.ParseHCLFile(file)
	if wrong.HasErrors() {
		return "", wrong
	}
	for _, block := range body.Body.(*hclsyntax.Body).Blocks {
		if block.Type == "pack" {
			value, wrong := block.Body.Attributes["name"].Expr.Value(nil)
			if wrong.HasErrors() {
				return "", wrong
			}
			return value.AsString(), nil
		}
	}
	return "", fmt.Errorf("%s has no block pack with a name", file)
}

// Each variable has a description, a type and a default.
func defaults(parser *hclparse.Parser, file string) (map[string]interface{}, error) {
	body, wrong := parser.ParseHCLFile(file)
	if wrong.HasErrors() {
		return nil, wrong
	}
	found := map[string]interface{}{}
	for _, block := range body.Body.(*hclsyntax.Body).Blocks {
		for _, needed := range []string{"description", "type", "default"} {
			if block.Body.Attributes[needed] == nil {
				return nil, fmt.Errorf("variable %s has no %s", block.Labels[0], needed)
			}
		}
		value, err := plain(block.Body.Attributes["default"].Expr)
		if err != nil {
			return nil, err
		}
		found[block.Labels[0]] = value
	}
	return found, nil
}
