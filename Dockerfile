# docker build -t workflow-gateway:1.0.0 .        (--build-arg RUNTIME=…@sha256:… and SDK=…@sha256:… for bases that do not change)
# docker run -p 8080:8080 -v $PWD/gateway.json:/app/config/gateway.json:ro -v gateway-data:/app/data \
#   -e Access__Keys__0__Id=… -e Access__Keys__0__Sha256=… -e Access__Keys__0__Role=operator -e Access__Keys__0__Tenant='*' workflow-gateway:1.0.0
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled

FROM ${SDK} AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/WorkflowGateway/WorkflowGateway.csproj -c Release -o /app -p:RestoreLockedMode=true -p:UseAppHost=false \
 && mkdir -p /app/config /data \
 && cp -r config/gateway.schema.json config/samples /app/config/

# No shell, no package manager; its user is not root, and cannot write what it runs.
FROM ${RUNTIME}
WORKDIR /app
COPY --from=build /app .
COPY --from=build --chown=$APP_UID:$APP_UID /data ./data
USER $APP_UID
# The ledger lies below the content root, where settings files are watched: nothing here changes them. 8 MiB (hexadecimal) for what is new: ten thousand watchers take 13 MB less.
ENV ASPNETCORE_HTTP_PORTS=8080 DOTNET_hostBuilder__reloadConfigOnChange=false DOTNET_GCgen0size=800000
EXPOSE 8080
VOLUME /app/data
HEALTHCHECK --interval=10s --timeout=6s --start-period=20s CMD ["dotnet", "/app/WorkflowGateway.dll", "healthcheck"]
ENTRYPOINT ["dotnet", "/app/WorkflowGateway.dll"]
