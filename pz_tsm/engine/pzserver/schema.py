"""The tables, as a list of migrations: entry n brings ``PRAGMA user_version`` from n to n + 1. Only
append."""

MIGRATIONS = [
    """
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL UNIQUE, first_name TEXT NOT NULL DEFAULT '',
  last_name TEXT NOT NULL DEFAULT '', display_name TEXT NOT NULL, is_admin INTEGER NOT NULL DEFAULT 0,
  is_active INTEGER NOT NULL DEFAULT 1, token_hash TEXT UNIQUE, created_at TEXT NOT NULL);
CREATE TABLE groups (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
CREATE TABLE user_groups (
  user_id INTEGER NOT NULL REFERENCES users(id), group_id INTEGER NOT NULL REFERENCES groups(id),
  PRIMARY KEY (user_id, group_id));
CREATE TABLE product_types (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL,
  "order" INTEGER,
  description TEXT, created_at TEXT NOT NULL);
CREATE TABLE releases (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL, description
  TEXT,
  created_at TEXT NOT NULL, indexing_column TEXT, has_mag_hats INTEGER NOT NULL DEFAULT 1,
  has_flux_hats INTEGER NOT NULL DEFAULT 1, dereddening TEXT, fluxes TEXT, is_public INTEGER NOT NULL DEFAULT
  0,
  hats_path TEXT, profile TEXT);
CREATE TABLE release_groups (
  release_id INTEGER NOT NULL REFERENCES releases(id), group_id INTEGER NOT NULL REFERENCES groups(id),
  PRIMARY KEY (release_id, group_id));
CREATE TABLE pipelines (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL, version TEXT
  NOT NULL,
  description TEXT, created_at TEXT NOT NULL, system_config TEXT NOT NULL,
  output_product_type INTEGER NOT NULL REFERENCES product_types(id), product_types_accepted TEXT NOT NULL);
CREATE TABLE products (
  id INTEGER PRIMARY KEY AUTOINCREMENT, release_id INTEGER REFERENCES releases(id),
  product_type_id INTEGER NOT NULL REFERENCES product_types(id),
  user_id INTEGER NOT NULL REFERENCES users(id),
  internal_name TEXT, display_name TEXT NOT NULL, official_product INTEGER NOT NULL DEFAULT 0, pz_code TEXT,
  description TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, status INTEGER NOT NULL DEFAULT 0,
  release_year INTEGER, path TEXT);
CREATE INDEX products_internal_name ON products(internal_name);
CREATE TABLE product_files (
  id INTEGER PRIMARY KEY AUTOINCREMENT, product_id INTEGER NOT NULL REFERENCES products(id),
  role INTEGER NOT NULL,
  name TEXT NOT NULL, stored TEXT NOT NULL, type TEXT, n_rows INTEGER, size INTEGER, extension TEXT,
  is_directory INTEGER NOT NULL DEFAULT 0, checksum TEXT, details TEXT, created TEXT NOT NULL,
  updated TEXT NOT NULL);
CREATE INDEX product_files_product ON product_files(product_id);
CREATE TABLE product_contents (
  id INTEGER PRIMARY KEY AUTOINCREMENT, product_id INTEGER NOT NULL REFERENCES products(id),
  column_name TEXT NOT NULL,
  ucd TEXT, "order" INTEGER, alias TEXT);
CREATE INDEX product_contents_product ON product_contents(product_id);
CREATE TABLE processes (
  id INTEGER PRIMARY KEY AUTOINCREMENT, pipeline_id INTEGER NOT NULL REFERENCES pipelines(id),
  pipeline_version TEXT NOT NULL, user_id INTEGER NOT NULL REFERENCES users(id),
  release_id INTEGER REFERENCES releases(id), upload_id INTEGER REFERENCES products(id),
  used_config TEXT NOT NULL,
  display_name TEXT NOT NULL, created_at TEXT NOT NULL, started_at TEXT, ended_at TEXT, status TEXT NOT NULL,
  path TEXT, comment TEXT, warnings TEXT NOT NULL DEFAULT '[]', progress REAL NOT NULL DEFAULT 0, stage TEXT);
CREATE INDEX processes_upload ON processes(upload_id);
CREATE TABLE process_inputs (
  process_id INTEGER NOT NULL REFERENCES processes(id), product_id INTEGER NOT NULL REFERENCES products(id),
  checksum TEXT, PRIMARY KEY (process_id, product_id));
CREATE TABLE archives (
  id INTEGER PRIMARY KEY AUTOINCREMENT, product_id INTEGER NOT NULL REFERENCES products(id),
  kind TEXT NOT NULL,
  task_id TEXT, status TEXT NOT NULL, filename TEXT NOT NULL, size INTEGER, checksum TEXT,
  source_signature TEXT NOT NULL, path TEXT, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, expires_at
  TEXT,
  error TEXT);
CREATE INDEX archives_product ON archives(product_id, kind);
""",
    """
ALTER TABLE processes ADD COLUMN software TEXT;
""",
]
