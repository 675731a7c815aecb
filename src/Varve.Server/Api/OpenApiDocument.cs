using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Server.Access;
using Varve.Time;

namespace Varve.Server.Api;

/// <summary>The document of the API, made from its endpoints.</summary>
internal static class OpenApiDocument
{
    internal static IServiceCollection AddVarveOpenApi(this IServiceCollection services) =>
        services.AddOpenApi(
            "v1",
            options =>
            {
                options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
                options.CreateSchemaReferenceId = type =>
                    type.Type == typeof(RelationId) ? null : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
                options.AddDocumentTransformer(
                    (document, _, _) =>
                    {
                        document.Info = new()
                        {
                            Title = "Varve",
                            Version = "v1",
                            Description = "Lifecycle of time-series tables: policies, plans, runs with proof, and what they did.",
                        };
                        document.Servers = [];
                        document.Components ??= new();
                        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
                        {
                            ["token"] = new OpenApiSecurityScheme
                            {
                                Type = SecuritySchemeType.Http,
                                Scheme = "bearer",
                                Description = "A token: varve_…",
                            },
                        };
                        return Task.CompletedTask;
                    }
                );
                options.AddOperationTransformer(
                    (operation, context, _) =>
                    {
                        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<Need>().FirstOrDefault() is { } need)
                        {
                            operation.Description = need.IsOpen
                                ? "Open to anybody."
                                : $"Takes the role {need.Role.ToString().ToLowerInvariant()}.";
                            if (!need.IsOpen)
                                operation.Security = [new() { [new OpenApiSecuritySchemeReference("token", context.Document)] = [] }];
                        }

                        foreach (var (name, says) in Headers(operation.OperationId))
                            (operation.Parameters ??= []).Add(
                                new OpenApiParameter
                                {
                                    Name = name,
                                    In = ParameterLocation.Header,
                                    Description = says,
                                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                                }
                            );
                        return Task.CompletedTask;
                    }
                );
                options.AddSchemaTransformer(
                    (schema, context, _) =>
                    {
                        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
                        if (type == typeof(Instant))
                            As(schema, JsonSchemaType.String, "date-time");
                        else if (type == typeof(TableName))
                            As(schema, JsonSchemaType.String, null);
                        else if (type == typeof(RelationId))
                            As(
                                schema,
                                context.JsonPropertyInfo?.IsGetNullable == true
                                    ? JsonSchemaType.String | JsonSchemaType.Null
                                    : JsonSchemaType.String,
                                null
                            );
                        else if (type == typeof(Duration))
                            As(schema, JsonSchemaType.Number, "double");
                        else if (type == typeof(TimeRange))
                            Range(schema);
                        return Task.CompletedTask;
                    }
                );
            }
        );

    /// <summary>What an operation reads of the headers.</summary>
    private static (string Name, string Says)[] Headers(string? operation) =>
        operation switch
        {
            "PutPolicy" or "PutQuery" =>
            [
                ("If-Match", "The ETag of the revision that was read."),
                ("If-None-Match", "*: only where there is none yet."),
            ],
            "DeletePolicy" or "DeleteQuery" => [("If-Match", "The ETag of the revision that was read.")],
            "AskRun" => [("Idempotency-Key", "The same request under the same key is one run.")],
            "BeginBackfill" => [("Idempotency-Key", "The same request under the same key is one backfill.")],
            "RunEvents" => [("Last-Event-ID", "Only events behind it.")],
            _ => [],
        };

    private static void As(OpenApiSchema schema, JsonSchemaType type, string? format) =>
        (schema.Type, schema.Format, schema.Properties, schema.Required) = (type, format, null, null);

    private static void Range(OpenApiSchema schema)
    {
        schema.Type = JsonSchemaType.Object;
        schema.Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["from"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Format = "date-time" },
            ["to"] = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Null, Format = "date-time" },
        };
    }
}
