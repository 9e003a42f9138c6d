#!/bin/sh
# @types/koa 3.0.3 does not compile beside content-disposition 2.0.1, which has types of its own.
#
# @types/koa asks for @types/content-disposition in any version, and imports `content-disposition`. If another package of
# the app, as Express 5.3.0, brings content-disposition 2, TypeScript takes that package's own types in place of those, and
# their shape is another. It is seen by every project with `skipLibCheck: false` that has types of both, for example by
# oidc-provider's types (koa) in an Express app.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund typescript@5.9.3 @types/koa@3.0.3 content-disposition@2.0.1 @types/node@20.19.43 >/dev/null
echo "import type Koa from 'koa'; export type App = Koa;" >app.ts
compile() {
  if npx tsc --noEmit --strict --target es2023 --module node20 --skipLibCheck "$1" --types node app.ts >messages 2>&1
  then echo "skipLibCheck $1: compiles"
  else echo "skipLibCheck $1: $(sed -n 's/^node_modules\/@types\/koa\/index.d.ts.*error \(TS[0-9]*\).*/\1 in @types\/koa/p' messages | head -1)"
  fi
}
{ compile false; compile true; } | tee seen
cat >expected <<'TXT'
skipLibCheck false: TS2694 in @types/koa
skipLibCheck true: compiles
TXT
diff expected seen && echo 'As described.'
