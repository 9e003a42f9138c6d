/** The HTTP API as OpenAPI 3.1. */
export function openApi(): { readonly paths: Readonly<Record<string, object>> };
