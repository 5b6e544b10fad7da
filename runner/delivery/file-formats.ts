/** What an export to files can write. */
export const fileFormats = ["duckdb", "parquet", "csv"] as const;
export type FileFormat = (typeof fileFormats)[number];
