using WorkflowGateway.Catalog;
using WorkflowGateway.Cli;
using WorkflowGateway.Tests.Telemetry;
using YamlDotNet.RepresentationModel;

namespace WorkflowGateway.Tests.Deploy;

/// <summary>config/deploy/kubernetes.yaml, held against the gateway that it starts.</summary>
public sealed class KubernetesTests
{
    private static readonly IReadOnlyList<YamlNode> Documents = Read();

    private static YamlNode Pod => One("Deployment").At("spec/template/spec");

    private static YamlNode Container => Pod.At("containers").All().Single();

    [Fact]
    public async Task Kubernetes_own_schemas_know_every_name_and_value()
    {
        var script = Path.Combine(Tool.Root, "tests/tools/kubernetes.mjs");

        (await Tool.RunAsync("node", [script, Repository.File("config/deploy/kubernetes.yaml")])).Should().Be((0, "4 documents\n"));
    }

    [Theory]
    [InlineData("readOnlyRootFilesystem", "readOnlyRootFileSystem")]
    [InlineData("replicas: 2", "replicas: two")]
    [InlineData("failureThreshold: 30", "failuresThreshold: 30")]
    [InlineData("{ name: tmp, mountPath: /tmp }", "{ name: tmp }")]
    [InlineData("kind: PodDisruptionBudget", "kind: PodDisruptionBudgets")]
    [InlineData("protocol: UDP", "protocol: udp")]
    public async Task A_manifest_with_a_mistake_is_seen(string right, string wrong)
    {
        var file = Path.GetTempFileName();
        var text = await File.ReadAllTextAsync(Repository.File("config/deploy/kubernetes.yaml"));
        text.Should().Contain(right);
        await File.WriteAllTextAsync(file, text.Replace(right, wrong, StringComparison.Ordinal));

        (await Tool.RunAsync("node", [Path.Combine(Tool.Root, "tests/tools/kubernetes.mjs"), file])).ExitCode.Should().Be(1);
        File.Delete(file);
    }

    [Fact]
    public void There_is_what_a_service_needs_and_everything_means_the_same_pods()
    {
        Documents.Select(document => document.Text("kind")).Should().BeEquivalentTo("Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy");
        foreach (var path in new[] { "Deployment:spec/selector/matchLabels", "Deployment:spec/template/metadata/labels", "Service:spec/selector", "PodDisruptionBudget:spec/selector/matchLabels", "NetworkPolicy:spec/podSelector/matchLabels" })
            One(path.Split(':')[0]).At(path.Split(':')[1]).Text("app.kubernetes.io/name").Should().Be("workflow-gateway", path);
        One("Deployment").Number("spec/replicas").Should().Be(2);
        One("Deployment").Number("spec/strategy/rollingUpdate/maxUnavailable").Should().Be(0);
        One("PodDisruptionBudget").Number("spec/minAvailable").Should().Be(1);
    }

    [Fact]
    public void It_runs_as_nobody_on_a_file_system_that_it_cannot_write()
    {
        (Pod.Text("securityContext/runAsNonRoot"), Pod.Text("securityContext/seccompProfile/type"), Pod.Text("automountServiceAccountToken")).Should().Be(("true", "RuntimeDefault", "false"));
        Pod.Number("securityContext/runAsUser").Should().Be(1654);
        (Container.Text("securityContext/allowPrivilegeEscalation"), Container.Text("securityContext/readOnlyRootFilesystem")).Should().Be(("false", "true"));
        Container.At("securityContext/capabilities/drop").All().Select(name => name.ToString()).Should().Equal("ALL");
        foreach (var amount in new[] { "requests/cpu", "requests/memory", "limits/memory" }) Container.Text("resources/" + amount).Should().NotBeEmpty();
        Container.At("volumeMounts").All().Where(mount => !mount.Has("readOnly")).Select(mount => mount.Text("mountPath")).Should().Equal("/tmp");
        Container.At("volumeMounts").All().Select(mount => mount.Text("name")).Should().BeEquivalentTo(Pod.At("volumes").All().Select(volume => volume.Text("name")));
    }

    [Fact]
    public async Task Probes_and_ports_are_those_that_the_gateway_has()
    {
        var port = Container.At("ports").All().Single();
        (port.Text("name"), port.Text("containerPort")).Should().Be(("http", "8080"));
        File.ReadAllText(Repository.File("Dockerfile")).Should().Contain("ASPNETCORE_HTTP_PORTS=8080").And.Contain("EXPOSE 8080").And.Contain("USER $APP_UID");
        One("Service").At("spec/ports").All().Single().Text("targetPort").Should().Be("http");
        One("NetworkPolicy").At("spec/ingress").All().Single().At("ports").All().Single().Text("port").Should().Be("http");
        await using var gateway = new Edge.SmallGateway();
        await gateway.StartAsync(("AllowedHosts", Container.At("env").All().Single(one => one.Text("name") == "AllowedHosts").Text("value")));
        using var client = gateway.Client();
        foreach (var (probe, path) in new[] { ("startupProbe", "/health/live"), ("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready") })
        {
            (Container.Text(probe + "/httpGet/path"), Container.Text(probe + "/httpGet/port")).Should().Be((path, "http"));
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
            ((int)answer.StatusCode).Should().Be(200, "the kubelet asks by the pod's address");
        }

        foreach (var (host, status) in new[] { ("workflow-gateway", 200), ("workflow-gateway.default.svc.cluster.local", 200), ("workflows.example.com", 200), ("evil", 400), ("evil.example.com", 400) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
            using var answer = await client.SendAsync(request);
            ((int)answer.StatusCode).Should().Be(status, host);
        }
    }

    [Fact]
    public void Every_setting_exists_and_every_secret_is_a_reference()
    {
        using var services = GatewayHost.BuildForVerb(["--environment", "Production", "--Access:Mode=keys"]);
        var known = new EffectiveSettings(services).All.Select(setting => setting.Name).ToList();
        var environment = Container.At("env").All().ToList();

        environment.Select(one => one.Text("name").Replace("__", ":", StringComparison.Ordinal)).Should().BeSubsetOf(known).And.OnlyHaveUniqueItems();
        string Value(string name) => environment.Single(one => one.Text("name") == name).Text("value");
        (Value("Storage__Provider"), Value("Access__Mode")).Should().Be(("postgres", "keys"));
        environment.Single(one => one.Text("name") == "Storage__ConnectionString").At("valueFrom/secretKeyRef").Text("name").Should().Be("workflow-gateway");
        var secrets = Container.At("volumeMounts").All().Single(mount => mount.Text("name") == "secrets").Text("mountPath");
        Value("Security__MasterKey").Should().Be($"${{file:{secrets}/master-key}}");
        Container.At("volumeMounts").All().Single(mount => mount.Text("name") == "config").Text("mountPath").Should().Be("/app/config");
    }

    [Fact]
    public void The_stop_has_the_time_that_it_may_take()
    {
        var delay = Container.At("env").All().Single(one => one.Text("name") == "Edge__StopDelay").Text("value");

        // The longest timeout of a connection, the ten seconds of the drain, and how long it is served on.
        Pod.Number("terminationGracePeriodSeconds").Should().BeGreaterThan(90 + 10 + (int)Durations.Parse(delay).TotalSeconds);
        (Container.Number("readinessProbe/periodSeconds") * Container.Number("readinessProbe/failureThreshold")).Should().BeLessThanOrEqualTo(10);
    }

    [Fact]
    public void What_is_documented_to_be_reached_can_be()
    {
        One("NetworkPolicy").At("spec/egress").All().Single().At("ports").All().Select(port => port.Text("protocol") + " " + port.Text("port"))
            .Should().BeEquivalentTo("UDP 53", "TCP 53", "TCP 443", "TCP 8443", "TCP 5432", "TCP 4317", "TCP 4318");
        Container.Text("image").Should().MatchRegex("/workflow-gateway:\\d+\\.\\d+\\.\\d+$", "all replicas run the same");
    }

    [Fact]
    public async Task Its_steps_make_every_secret_that_it_and_the_sample_read_and_the_first_key()
    {
        var steps = string.Join('\n', File.ReadLines(Repository.File("config/deploy/kubernetes.yaml")).TakeWhile(line => line.StartsWith('#')));
        var made = System.Text.RegularExpressions.Regex.Matches(steps, "--from-literal=([A-Za-z_-]+)=").Select(found => found.Groups[1].Value);
        var sample = System.Text.RegularExpressions.Regex.Match(steps, "--from-file=gateway.json=(\\S+)").Groups[1].Value;
        var read = System.Text.RegularExpressions.Regex.Matches(await File.ReadAllTextAsync(Repository.File(sample)), "\\$\\{env:([A-Z_]+)\\}").Select(found => found.Groups[1].Value);
        made.Should().BeEquivalentTo(read.Concat(["database", "master-key"]));
        Container.At("envFrom").All().Single().Text("secretRef/name").Should().Be("workflow-gateway-vendors");
        steps.Should().Contain("secret generic workflow-gateway ").And.Contain("secret generic workflow-gateway-vendors ").And.Contain("configmap workflow-gateway ");

        var command = steps.Split('\n').Single(line => line.Contains("kubectl exec", StringComparison.Ordinal)).Split(" -- dotnet /app/WorkflowGateway.dll ")[1].Replace("'", "", StringComparison.Ordinal);
        using var binary = new Cli.Binary();
        var (code, key, error) = await binary.RunAsync(command, "", ("Storage__Path", Path.Combine(binary.Folder, "gateway.db")), ("Access__Mode", "keys"));
        code.Should().Be(0, error);
        key.Trim().Should().StartWith("wfg_");
    }

    [Fact]
    public void Prometheus_finds_the_pods_by_their_label_and_port()
    {
        using var text = File.OpenText(Repository.File("config/telemetry/prometheus-kubernetes.yaml"));
        var stream = new YamlStream();
        stream.Load(text);
        var job = stream.Documents.Single().RootNode.At("scrape_configs").All().Single();
        job.Text("job_name").Should().Be("workflow-gateway", "the rules ask for it");
        job.At("kubernetes_sd_configs").All().Single().Text("role").Should().Be("pod");
        string Kept(string source) => job.At("relabel_configs").All().Single(rule => rule.Has("regex") && rule.At("source_labels").All().Single().ToString() == "__meta_kubernetes_pod_" + source).Text("regex");
        (Kept("label_app_kubernetes_io_name"), Kept("container_port_name")).Should().Be(
            (One("Deployment").At("spec/template/metadata/labels").Text("app.kubernetes.io/name"), Container.At("ports").All().Single().Text("name")));
    }

    private static YamlNode One(string kind) => Documents.Single(document => document.Text("kind") == kind);

    private static List<YamlNode> Read()
    {
        using var text = File.OpenText(Repository.File("config/deploy/kubernetes.yaml"));
        var stream = new YamlStream();
        stream.Load(text);
        return [.. stream.Documents.Select(document => document.RootNode)];
    }
}

/// <summary>Paths in YAML.</summary>
internal static class Yaml
{
    public static YamlNode At(this YamlNode node, string path) => path.Split('/').Length == 1 || node is YamlMappingNode whole && whole.Children.ContainsKey(path)
        ? ((YamlMappingNode)node).Children[path]
        : path.Split('/').Aggregate(node, (inner, name) => ((YamlMappingNode)inner).Children[name]);

    public static string Text(this YamlNode node, string path) => ((YamlScalarNode)node.At(path)).Value!;

    public static int Number(this YamlNode node, string path) => int.Parse(node.Text(path), System.Globalization.CultureInfo.InvariantCulture);

    public static IEnumerable<YamlNode> All(this YamlNode node) => (YamlSequenceNode)node;

    public static bool Has(this YamlNode node, string name) => ((YamlMappingNode)node).Children.ContainsKey(name);
}
