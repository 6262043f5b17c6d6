using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Client.Tests;

/// <summary>The schemas of docs/schemas, each by the command whose <c>--json</c> it describes.</summary>
internal static class Schemas
{
    private static readonly EvaluationOptions s_options = new() { OutputFormat = OutputFormat.List };
    private static readonly object s_lock = new();
    private static readonly Dictionary<string, JsonSchema> s_all = Read();

    /// <summary>Where they are.</summary>
    public static string Folder => Path.Combine(
        typeof(Schemas).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "docs", "schemas");

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => s_all.Keys;

    /// <summary>Holds what a command wrote to its schema, and the schema to saying no to something else.</summary>
    /// <param name="command">The command.</param>
    /// <param name="json">What it wrote.</param>
    /// <returns>The same.</returns>
    public static JsonElement Check(string command, string json)
    {
        Assert.IsTrue(s_all.TryGetValue(command, out JsonSchema? schema), $"docs/schemas has no {command}.json.");
        JsonNode document = JsonNode.Parse(json)!;
        lock (s_lock)
        {
            EvaluationResults results = schema.Evaluate(document, s_options);
            Assert.IsTrue(results.IsValid, command + ".json: " + string.Join('\n', results.Details.Where(one => one.HasErrors)
                .Select(one => $"{one.InstanceLocation}: {string.Join(", ", one.Errors!.Values)}")) + "\n" + json);
            (document is JsonArray array ? array[0] : document)!["unknown"] = 1;
            Assert.IsFalse(schema.Evaluate(document, s_options).IsValid, $"{command}.json takes anything.");
        }

        return JsonDocument.Parse(json).RootElement;
    }

    private static Dictionary<string, JsonSchema> Read()
    {
        // One names another by its file.
        var all = new Dictionary<string, JsonSchema>(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(Folder, "*.json"))
        {
            JsonSchema schema = JsonSchema.FromFile(file);
            SchemaRegistry.Global.Register(schema);
            all.Add(Path.GetFileNameWithoutExtension(file), schema);
        }

        return all;
    }
}
