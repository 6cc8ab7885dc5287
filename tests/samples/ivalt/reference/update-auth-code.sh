curl -i -X PUT \
  'https://api-docs.ivalt.com/_mock/products/admin-portal/admin_apis/organization/{orgId}/update/auth-code/{authCodeId}' \
  -H 'Content-Type: application/json' \
  -H 'x-api-key: YOUR_API_KEY_HERE' \
  -d '{
    "client_id": "dshfosdhfg",
    "client_secret": "sdfgsdgds"
  }'
