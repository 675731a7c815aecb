using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using k8s.Models;
using YamlDotNet.RepresentationModel;

namespace Varve.Packaging.Tests;

/// <summary>The chart: its values, what it refuses, and what it is rendered to for a matrix of values.</summary>
public sealed class ChartTests(Renderer renderer) : IClassFixture<Renderer>
{
    private static readonly string Chart = Path.Combine(Repository.Packaging, "helm", "varve");

    private static readonly JsonSchema Schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Chart, "values.schema.json")));

    public static TheoryData<string> Matrix =>
        [
            .. Directory
                .GetFiles(Path.Combine(Chart, "ci"), "*.yaml")
                .Select(f => Path.GetFileNameWithoutExtension(f)!)
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task Values_are_rendered_as_was_approved(string name)
    {
        var values = File.ReadAllText(Path.Combine(Chart, "ci", $"{name}.yaml"));
        Assert.True(IsValid(values), $"{name}.yaml is refused by the schema.");
        var rendered = await renderer.ChartAsync(values);
        Assert.True(rendered.ExitCode == 0, rendered.Printed);
        var path = Path.Combine(Chart, "rendered", $"{name}.yaml");
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            await File.WriteAllTextAsync(path, rendered.Printed);
        Assert.Equal(await File.ReadAllTextAsync(path), rendered.Printed);
    }

    [Theory]
    [MemberData(nameof(Matrix))]
    public void What_was_approved_is_of_the_API_and_has_no_right_too_many(string name)
    {
        var objects = Kubernetes.Read(Repository.Read("packaging", "helm", "varve", "rendered", $"{name}.yaml"));
        Assert.NotEmpty(objects);
        foreach (var it in objects)
        {
            var pod = it switch
            {
                V1Deployment d => d.Spec.Template.Spec,
                V1CronJob c => c.Spec.JobTemplate.Spec.Template.Spec,
                V1Pod p => p.Spec,
                _ => null,
            };
            if (pod is not null)
                Kubernetes.IsRestricted(pod);
            if (it is V1Deployment deployment)
                Serves(deployment, objects);
            if (it is V1CronJob job)
                Assert.Equal(
                    ("Forbid", "Never", 0),
                    (
                        job.Spec.ConcurrencyPolicy,
                        job.Spec.JobTemplate.Spec.Template.Spec.RestartPolicy,
                        job.Spec.JobTemplate.Spec.BackoffLimit
                    )
                );
        }
    }

    [Theory]
    [InlineData("Tokens would cross the cluster in clear text", "{}")]
    [InlineData(
        "connections.plant.passwordFrom.name is empty",
        "tls: { secret: x }\nconnections: { plant: { url: \"postgresql://a@b/c\", passwordFrom: { name: \"\" } } }"
    )]
    [InlineData(
        "connections.plant.url has a password in it",
        "tls: { secret: x }\nconnections: { plant: { url: \"postgresql://a:secret@b/c\" } }"
    )]
    [InlineData("tokenSecret.name is empty", "tls: { secret: x }\nmetrics: { serviceMonitor: { enabled: true } }")]
    [InlineData("ingress.hosts is empty", "tls: { secret: x }\ningress: { enabled: true }")]
    [InlineData("httpRoute.parentRefs is empty", "tls: { secret: x }\nhttpRoute: { enabled: true }")]
    [InlineData("cronjob.connection is empty", "mode: cronjob")]
    [InlineData("connections has no such name", "mode: cronjob\ncronjob: { connection: plant }")]
    [InlineData("The value replicaCount is replicas now.", "tls: { secret: x }\nreplicaCount: 1")]
    [InlineData("The value env is extraEnv now.", "tls: { secret: x }\nenv: []")]
    public async Task What_cannot_be_fails_when_it_is_rendered(string says, string values)
    {
        Assert.True(IsValid(values), "The schema refuses it before the template can say why.");
        var rendered = await renderer.ChartAsync(values);
        Assert.Equal(1, rendered.ExitCode);
        Assert.Contains(says, rendered.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mode: serverless")]
    [InlineData("replicas: 2")]
    [InlineData("replicas: one")]
    [InlineData("image: { digest: latest }")]
    [InlineData("image: { name: varve }")]
    [InlineData("connections: { a b: { url: \"duckdb:x\" } }")]
    [InlineData("connections: { plant: { tenant: acme } }")]
    [InlineData("connections: { plant: { url: \"mysql://x\" } }")]
    [InlineData("server: { basePath: varve/ }")]
    [InlineData("server: { runsAtOnce: 0 }")]
    [InlineData("service: { port: 70000 }")]
    [InlineData("cronjob: { startingDeadlineSeconds: 5 }")]
    [InlineData("persistence: { size: large }")]
    [InlineData("podDisruptionBudget: { minAvailable: 1 }")]
    [InlineData("mistyped: 1")]
    public void What_is_no_value_is_refused_by_the_schema(string values) => Assert.False(IsValid(values));

    [Fact]
    public void The_defaults_are_valid_and_every_value_is_in_the_README()
    {
        var values = File.ReadAllText(Path.Combine(Chart, "values.yaml"));
        Assert.True(IsValid(values));
        var schema = File.ReadAllText(Path.Combine(Chart, "values.schema.json"));
        var path = Path.Combine(Chart, "README.md");
        var made = ChartValues.Into(File.ReadAllText(path), values, schema);
        if (Environment.GetEnvironmentVariable("VARVE_APPROVE") == "1")
            File.WriteAllText(path, made);
        Assert.Equal(made, File.ReadAllText(path));
        Assert.True(ChartValues.Rows(values, schema).Count > 70);
    }

    [Fact]
    public void Values_and_schema_that_differ_are_named()
    {
        const string schema = """{ "properties": { "a": { "description": "A." }, "old": { "deprecated": true } } }""";
        Assert.Equal([("a", "1", "A.")], ChartValues.Rows("a: 1\n", schema));
        Assert.Contains(
            "values.yaml has b",
            Assert.Throws<PackagingException>(() => ChartValues.Rows("a: 1\nb: 2\n", schema)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "The schema has a",
            Assert.Throws<PackagingException>(() => ChartValues.Rows("{}\n", schema)).Message,
            StringComparison.Ordinal
        );
    }

    // The paths of its probes are those of the server, and its service leads to it and not to the pod of the test.
    private static void Serves(V1Deployment deployment, IReadOnlyList<object> objects)
    {
        var container = Assert.Single(deployment.Spec.Template.Spec.Containers);
        Assert.Equal(
            ("/health/startup", "/health/live", "/health/ready"),
            (container.StartupProbe.HttpGet.Path, container.LivenessProbe.HttpGet.Path, container.ReadinessProbe.HttpGet.Path)
        );
        Assert.Equal(("Recreate", 1), (deployment.Spec.Strategy.Type, deployment.Spec.Replicas));
        var selector = Assert.Single(objects.OfType<V1Service>()).Spec.Selector;
        Assert.All(selector, label => Assert.Equal(label.Value, deployment.Spec.Template.Metadata.Labels[label.Key]));
        Assert.All(
            objects.OfType<V1Pod>(),
            pod => Assert.Contains(selector, label => pod.Metadata.Labels.TryGetValue(label.Key, out var value) && value != label.Value)
        );
        var claims = deployment.Spec.Template.Spec.Volumes.Select(v => v.PersistentVolumeClaim?.ClaimName).OfType<string>();
        Assert.All(objects.OfType<V1PersistentVolumeClaim>(), claim => Assert.Contains(claim.Metadata.Name, claims));
    }

    private static bool IsValid(string values)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(values));
        return Schema.Evaluate(JsonSerializer.SerializeToElement(Json(yaml.Documents[0].RootNode))).IsValid;
    }

    private static JsonNode? Json(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(c.Key.ToString(), Json(c.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
            YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: var text } => text switch
            {
                "" or "null" or null => null,
                "true" => true,
                "false" => false,
                _ when long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var number) => number,
                _ => text,
            },
            YamlScalarNode scalar => scalar.Value,
            _ => throw new InvalidOperationException($"{node} is no YAML that values are made of."),
        };
}
