package paritytest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpq/resolver"
	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// starters are projects as well-known tools begin them, a dependency each of
// which may be followed by what is then added.
var starters = map[string]string{
	"cra":      `"react": "^18.2.0", "react-dom": "^18.2.0", "react-scripts": "5.0.1", "web-vitals": "^2.1.4", "@testing-library/react": "^13.4.0" + axios`,
	"angular":  `"@angular/core": "^17.3.0", "@angular/animations": "^17.3.0", "@angular/common": "^17.3.0", "@angular/compiler": "^17.3.0", "@angular/forms": "^17.3.0", "@angular/platform-browser": "^17.3.0", "@angular/platform-browser-dynamic": "^17.3.0", "@angular/router": "^17.3.0", "rxjs": "~7.8.0", "tslib": "^2.3.0", "zone.js": "~0.14.3", "@angular/cli": "^17.3.0", "@angular-devkit/build-angular": "^17.3.0", "@angular/compiler-cli": "^17.3.0", "typescript": "~5.4.2" + @angular/material@17`,
	"expo":     `"expo": "~51.0.0", "react": "18.2.0", "react-native": "0.74.5", "expo-status-bar": "~1.12.1" + react-native-svg`,
	"nest":     `"@nestjs/common": "^10.0.0", "@nestjs/core": "^10.0.0", "@nestjs/platform-express": "^10.0.0", "reflect-metadata": "^0.2.0", "rxjs": "^7.8.1", "@nestjs/cli": "^10.0.0", "@nestjs/testing": "^10.0.0", "ts-jest": "^29.1.0", "jest": "^29.5.0" + @nestjs/typeorm typeorm`,
	"next":     `"next": "13.5.6", "react": "^18", "react-dom": "^18", "eslint": "^8", "eslint-config-next": "13.5.6" + next-auth`,
	"gulp":     `"gulp": "^4.0.2", "gulp-sass": "^5.1.0", "sass": "^1.50.0", "gulp-uglify": "^3.0.2", "browser-sync": "^2.27.0" + gulp-imagemin@7`,
	"webpack":  `"webpack": "^4.46.0", "webpack-cli": "^3.3.12", "webpack-dev-server": "^3.11.3", "babel-loader": "^8.2.0", "@babel/core": "^7.0.0", "@babel/preset-env": "^7.0.0" + html-webpack-plugin@4`,
	"cdk":      `"aws-cdk-lib": "^2.100.0", "constructs": "^10.0.0", "aws-cdk": "^2.100.0", "ts-node": "^10.9.1", "typescript": "~5.2.2" + @aws-cdk/aws-lambda-python-alpha`,
	"vue":      `"vue": "^2.6.14", "@vue/cli-service": "~5.0.0", "@vue/cli-plugin-babel": "~5.0.0", "@vue/cli-plugin-eslint": "~5.0.0", "eslint": "^7.32.0", "eslint-plugin-vue": "^8.0.3", "@babel/eslint-parser": "^7.12.16", "@babel/core": "^7.12.16" + vuex@3`,
	"ember":    `"ember-cli": "~5.4.0", "ember-source": "~5.4.0", "ember-data": "~5.3.0", "webpack": "^5.89.0", "ember-auto-import": "^2.6.3" + ember-power-select@7`,
	"gatsby":   `"gatsby": "^5.12.0", "react": "^18.2.0", "react-dom": "^18.2.0" + gatsby-plugin-image gatsby-plugin-sharp`,
	"story":    `"storybook": "^7.6.0", "@storybook/react": "^7.6.0", "@storybook/react-vite": "^7.6.0", "react": "^18", "react-dom": "^18", "vite": "^4.0.0" + @storybook/addon-essentials@7`,
	"electron": `"electron": "^27.0.0", "electron-builder": "^24.6.4" + electron-updater`,
	"svelte":   `"@sveltejs/kit": "^1.20.4", "@sveltejs/adapter-auto": "^2.0.0", "svelte": "^4.0.5", "vite": "^4.4.2", "typescript": "^5.0.0" + svelte-check`,
	"vite":     `"react": "^18.2.0", "react-dom": "^18.2.0", "@vitejs/plugin-react": "^4.0.3", "vite": "^4.4.5", "eslint": "^8.45.0", "eslint-plugin-react": "^7.32.2" + vitest@0.34`,
	"remix":    `"@remix-run/node": "^2.3.0", "@remix-run/react": "^2.3.0", "@remix-run/serve": "^2.3.0", "@remix-run/dev": "^2.3.0", "react": "^18.2.0", "react-dom": "^18.2.0" + isbot`,
	"nuxt":     `"nuxt": "^3.8.0", "vue": "^3.3.8", "vue-router": "^4.2.5" + @nuxtjs/tailwindcss`,
	"jest":     `"jest": "^29.7.0", "ts-jest": "^29.1.0", "typescript": "^5.2.0", "@types/jest": "^29.5.0", "eslint": "^8.50.0", "@typescript-eslint/parser": "^6.7.0", "@typescript-eslint/eslint-plugin": "^6.7.0" + lerna@7`,
	"airbnb":   `"eslint": "^8.2.0", "eslint-config-airbnb": "^19.0.4", "eslint-plugin-import": "^2.25.3", "eslint-plugin-jsx-a11y": "^6.5.1", "eslint-plugin-react": "^7.28.0", "eslint-plugin-react-hooks": "^4.3.0" + eslint-config-airbnb-typescript`,
	"typeorm":  `"typeorm": "^0.3.17", "pg": "^8.4.0", "reflect-metadata": "^0.1.13", "ts-node": "10.9.1", "typescript": "4.5.2" + sqlite3`,
}

// TestLiveStarters compares projects with something added. GPQ_PARITY_STARTERS
// names them, with blanks between, or is «all»; GPQ_PARITY_BEFORE is a date.
func TestLiveStarters(t *testing.T) {
	asked := os.Getenv("GPQ_PARITY_STARTERS")
	if asked == "" {
		t.Skip("GPQ_PARITY_STARTERS is not set: the real registry is not asked")
	}
	c := client(t)
	n := npms(t)[0]
	for name, text := range starters {
		if asked == "all" || contains(strings.Fields(asked), name) {
			t.Run(name, func(t *testing.T) { starter(t, n, c, text) })
		}
	}
}

func starter(t *testing.T, n npm, c *registry.Client, text string) {
	dir := t.TempDir()
	deps, add, _ := strings.Cut(text, " + ")
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte(`{"dependencies": {`+deps+`}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	o := base(n, dir)
	o.Add, o.Complete = strings.Fields(add), true
	args := append([]string{"install"}, o.Add...)
	if date := os.Getenv("GPQ_PARITY_BEFORE"); date != "" {
		before, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		o.Before = before
		args = append(args, "--before="+before.Format(time.RFC3339))
	}
	r := resolver.New(resolver.Settings{Source: c, RegistryOf: c.RegistryFor})
	start := time.Now()
	gpq := ours(o, tree.Deps{Source: c, Picker: newPicker(n), Contents: r.Contents()})
	took := time.Since(start)
	start = time.Now()
	npm := n.install(t, dir, args...)
	if npm.failed != "never" {
		report(t, add, npm, gpq)
	} else if !strings.Contains(gpq.output, tree.ErrEndless.Error()) {
		t.Errorf("%s: npm does not end, gpq does, with %q", add, gpq.failed)
	}
	t.Logf("%d nodes, %q, gpq %v, npm %v", len(gpq.layout), gpq.failed, took.Round(time.Millisecond),
		time.Since(start).Round(time.Millisecond))
}
