# A guest in a memberlist pool (docs/pools.md): docker build -f guest.dockerfile -t hearsay-guest .
FROM node:22-slim
RUN npm install --global hearsay
USER node
EXPOSE 7373
ENTRYPOINT ["hearsay", "guest", "--api", "0.0.0.0:7373", "--insecure", "--log", "json"]
CMD ["alertmanager-operated:9094"]
