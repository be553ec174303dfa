/** A pipeline that pulls these images, each through its connector where there is one. */
export function pipeline(...images: readonly (string | readonly [image: string, connector: string])[]): string {
  const steps = images.map((each, index) => {
    const [image, connector] = typeof each === "string" ? [each] : each;
    const connectorRef = connector === undefined ? {} : { connectorRef: connector };
    return { step: { identifier: `s${index}`, type: "Run", spec: { image, ...connectorRef } } };
  });
  return JSON.stringify({ pipeline: { identifier: "p", stages: [{ stage: { identifier: "s", type: "CI", spec: { execution: { steps } } } }] } });
}

/** No proxy, and nobody's credentials, whoever runs the tests. */
export const neutral = { NO_PROXY: "", no_proxy: "", HTTPS_PROXY: "", HTTP_PROXY: "", DOCKER_CONFIG: "/nonexistent" };
