FROM node:24-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
# The compiled code is for one version of Node: this image's, which need not be the one that builds.
RUN npm run build && /usr/local/bin/node scripts/code-cache.ts dist/auditail.js
RUN mkdir /app && cp dist/* LICENSE /app/

FROM node:24-slim
ENV NODE_ENV=production
COPY --from=build /app /app
USER node
EXPOSE 9080
# A config that listens elsewhere says so in HTTP_PORT.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HTTP_PORT || 9080}/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/auditail.js"]
CMD ["-config.file=/etc/auditail/config.yaml", "-config.expand-env=true"]
