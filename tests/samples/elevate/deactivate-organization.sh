curl -X POST '{{url}}/user/v1/admin/deactivateOrg/{organization_id}' \
  -H 'X-auth-token: bearer {{access_token}}' \
  -H 'accept-language: hi'
