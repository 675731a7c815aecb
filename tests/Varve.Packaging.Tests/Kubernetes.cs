using k8s;
using k8s.Models;

namespace Varve.Packaging.Tests;

/// <summary>Objects of Kubernetes, read strictly: a key that their kind does not have is an error.</summary>
internal static class Kubernetes
{
    // Of other APIs: read as what they are, without their kinds.
    private static readonly string[] s_foreign =
    [
        "monitoring.coreos.com/v1/ServiceMonitor",
        "monitoring.coreos.com/v1/PrometheusRule",
        "gateway.networking.k8s.io/v1/HTTPRoute",
        "kustomize.config.k8s.io/v1beta1/Kustomization",
    ];

    private static readonly Dictionary<string, Type> s_kinds = new(StringComparer.Ordinal)
    {
        ["v1/ConfigMap"] = typeof(V1ConfigMap),
        ["v1/PersistentVolumeClaim"] = typeof(V1PersistentVolumeClaim),
        ["v1/Pod"] = typeof(V1Pod),
        ["v1/Service"] = typeof(V1Service),
        ["v1/ServiceAccount"] = typeof(V1ServiceAccount),
        ["apps/v1/Deployment"] = typeof(V1Deployment),
        ["batch/v1/CronJob"] = typeof(V1CronJob),
        ["networking.k8s.io/v1/Ingress"] = typeof(V1Ingress),
        ["networking.k8s.io/v1/NetworkPolicy"] = typeof(V1NetworkPolicy),
        ["policy/v1/PodDisruptionBudget"] = typeof(V1PodDisruptionBudget),
    };

    /// <summary>The objects of a text, each as its kind.</summary>
    internal static IReadOnlyList<object> Read(string text)
    {
        List<object> found = [];
        foreach (
            var document in text.Split("\n---\n")
                .Select(d => d.Trim('-', '\n'))
                .Where(d => d.Split('\n').Any(l => l.Length > 0 && l[0] != '#'))
        )
        {
            var about = KubernetesYaml.Deserialize<Dictionary<string, object>>(document);
            var kind = $"{about["apiVersion"]}/{about["kind"]}";
            if (s_foreign.Contains(kind))
                continue;
            Assert.True(s_kinds.ContainsKey(kind), $"Nothing here reads {kind}.");
            found.AddRange(KubernetesYaml.LoadAllFromString(document, new Dictionary<string, Type>(s_kinds), strict: true));
        }

        return found;
    }

    /// <summary>What a pod with restricted rights must say.</summary>
    internal static void IsRestricted(V1PodSpec pod)
    {
        Assert.Equal((true, "RuntimeDefault"), (pod.SecurityContext.RunAsNonRoot, pod.SecurityContext.SeccompProfile.Type));
        Assert.False(pod.AutomountServiceAccountToken);
        Assert.All(
            pod.Containers,
            c =>
                Assert.Equal(
                    (false, true, "ALL"),
                    (
                        c.SecurityContext.AllowPrivilegeEscalation,
                        c.SecurityContext.ReadOnlyRootFilesystem,
                        string.Join(' ', c.SecurityContext.Capabilities.Drop)
                    )
                )
        );
        Assert.All(pod.Containers, c => Assert.NotNull(c.VolumeMounts));
        var volumes = (pod.Volumes ?? []).Select(v => v.Name).ToList();
        Assert.All(pod.Containers.SelectMany(c => c.VolumeMounts), mount => Assert.Contains(mount.Name, volumes));
        Assert.Equal(volumes.Count, volumes.Distinct().Count());
    }
}
