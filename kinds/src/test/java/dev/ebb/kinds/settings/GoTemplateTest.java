package dev.ebb.kinds.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Expected texts are what Go's `text/template` writes.
class GoTemplateTest {
  private static final GoTemplate.Subject SUBJECT =
      new GoTemplate.Subject(
          "T",
          Map.of(
              "Name",
              "hello",
              "Empty",
              "",
              "Labels",
              Map.of("app", "shop"),
              "Annotations",
              Map.of(),
              "Script",
              "a'b\"<c>&=\n\\",
              "Inner",
              new GoTemplate.Subject("I", Map.of("Number", 7)),
              "Header",
              (GoTemplate.Lookup) name -> name.equals("X-Id") ? "seven" : ""));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          plain                                             | plain
          {{.Name}}                                         | hello
          a-{{ .Name }}-b                                   | a-hello-b
          'a  {{- .Name -}}  b'                             | ahellob
          a{{/* not shown */}}b                             | ab
          {{.Labels.app}}                                   | shop
          {{.Labels.none}}                                  | <no value>
          {{index .Labels "app"}}                           | shop
          x{{index .Labels "none"}}x                        | xx
          {{if .Empty}}a{{else}}b{{end}}                    | b
          {{if .Name}}a{{end}}                              | a
          {{if eq .Name "bye"}}a{{else if ne .Name "x"}}b{{else}}c{{end}} | b
          {{if and .Name (not .Empty)}}a{{end}}             | a
          {{or .Empty "b"}}                                 | b
          {{if .Annotations}}a{{else}}b{{end}}              | b
          {{if .Name}}{{if .Empty}}a{{else}}b{{end}}c{{end}}d | bcd
          {{`raw`}}                                         | raw
          {{eq .Name "a" "hello"}}                          | true
          {{.Inner.Number}}                                 | 7
          {{.Header.Get "X-Id"}}                            | seven
          x{{.Header.Get "Other"}}x                         | xx
          {{js (.Header.Get "X-Id")}}                       | seven
          {{if .Header.Get "X-Id"}}a{{end}}                 | a
          {{js .Script}}                                    | a\\'b\\"\\u003Cc\\u003E\\u0026\\u003D\\u000A\\\\
          {{html "a<b>'&"}}                                 | a&lt;b&gt;&#39;&amp;
          {{urlquery "a b&c"}}                              | a+b%26c
          """)
  void writes(String template, String text) {
    assertThat(GoTemplate.parse("t", template).execute(SUBJECT)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{",
        "{{}}",
        "{{.Name",
        "{{end}}",
        "{{if .Name}}a",
        "{{if .Name}}a{{else}}b{{else}}c{{end}}",
        "{{else}}",
        "{{.Name | html}}",
        "{{range .Labels}}{{end}}",
        "{{index .Labels}}",
        "{{(.Name}}",
        "{{.Name)}}",
        "{{.Name .Name}}",
        "{{#}}",
        "{{unknown .Name}}",
        "{{)}}"
      })
  void refusesWhatIsNoTemplate(String template) {
    assertThatThrownBy(() -> GoTemplate.parse("t", template))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("template: t:1: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{.Other}}",
        "{{.Name.x}}",
        "{{index .Name \"a\"}}",
        "{{.Inner.None}}",
        "{{.Inner}}",
        "{{.Header}}"
      })
  void refusesWhatIsNotThere(String template) {
    GoTemplate parsed = GoTemplate.parse("t", template);
    assertThatThrownBy(() -> parsed.execute(SUBJECT))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageStartingWith("template: t: executing \"t\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{{if .Name}}", "{{if (", "("})
  void isNotNestedWithoutEnd(String part) {
    String template = part.startsWith("{{if .") ? part.repeat(100_000) : "{{" + "(".repeat(100_000);
    assertThatThrownBy(() -> GoTemplate.parse("t", template + "}}"))
        .isInstanceOf(InvalidSettingException.class);
  }
}
